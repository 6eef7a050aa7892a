// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>

#include "mien/face_data/find_landmarks.h"

namespace mien {

/// Writes the heat map, the mask and the part crops that `options` ask for; the row's points are pixels of `image` (8-bit, RGB or
/// gray).
void write_landmark_pictures(const cv::Mat& image, const LandmarkRow& row, const std::filesystem::path& folder,
                             const FindLandmarksOptions& options);

}  // namespace mien
