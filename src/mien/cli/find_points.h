// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/progress.h"
#include "mien/explain/explain.h"

namespace mien::cli {

/// Finds 68 landmarks in face crops with dlib's detector and a landmark model. `landmarks` is "none", "auto" (as
/// landmark_model_file(""); none, with a word about it, when there is no model), "dlib" or a model's file.
FindPoints point_finder(const std::string& landmarks, Progress& progress);

}  // namespace mien::cli
