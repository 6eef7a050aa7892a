// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>

namespace mien {

/// The 68 landmarks of a face at rest in millimetres: x right of the picture, y down, z away from the viewer; symmetric. The
/// origin lies between the eyes, in the head. How it was made is said in head_model.cc.
const std::array<cv::Point3d, 68>& head_model_mm();

/// How much each of the 68 points counts for the pose: rigid points fully, what muscles move little, the outline of the jaw
/// (which slides over the cheek when the head turns) not at all.
const std::array<double, 68>& head_model_weights();

}  // namespace mien
