// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/shipped_files.h"

namespace mien {

/// What places landmarks where no model is named: the name of a file that comes with mien, or "dlib" (the predictor of the Debian
/// package libdlib-data). Chosen here and nowhere else: on hand-placed points dlib's errs by 2.8 % of the eye distance and
/// mien-landmarks68.onnx by 4.7 % (docs/results/landmarks.md).
inline constexpr const char* default_landmark_model = "dlib";

/// What make_landmark_model() takes, for what a user gave: "" = the default model, wherever `places` has it; "dlib"; else a path,
/// as it is. Throws Error{not_found} when the default model is nowhere: another one would answer differently without a word.
std::string find_landmark_model(const std::string& given, const ModelPlaces& places);

}  // namespace mien
