// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "mien/face/landmark_model.h"

namespace mien {

/// A cascade of regression trees with 68 points (shape_forest.h) as a landmark model. Throws Error{not_found}, Error{bad_file}.
std::unique_ptr<LandmarkModel> load_forest_landmarks(const std::filesystem::path& file);

}  // namespace mien
