// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mien/analysis/analysis_options.h"

namespace mien {

/// The options with the files of all models named, by the one rule for program and library: the expression model is the given one
/// or the one that comes with mien; landmarks likewise (face/landmark_choice.h), looked for in options.models, beside the given
/// expression model and beside the program. Paths become absolute, so that a run can go on from another folder; what is named
/// already stays. Throws Error{not_found}.
FaceOptions with_models(FaceOptions options);

/// The models that answer, for people: "faces by dlib, landmarks by FILE, expressions by FILE".
std::string models_text(const FaceOptions& options);
/// The same for the record: {"detector", "dlib"}, {"landmarks", FILE}, {"landmarks_content", content_hash}, {"weights", FILE},
/// ...
std::vector<std::pair<std::string, std::string>> model_facts(const FaceOptions& options);

}  // namespace mien
