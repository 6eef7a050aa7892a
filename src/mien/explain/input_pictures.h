// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "mien/image/preprocessing.h"
#include "mien/nn/torch.h"

namespace mien {

/// The 8-bit picture (gray or RGB) behind a normalised input: `chw` are [C,H,W] floats as write_normalized makes them.
cv::Mat picture_of_input(const float* chw, const Preprocessing& preprocessing);

/// A picture [1|3,h,w] in [0,1] as 8-bit gray or RGB.
cv::Mat picture_of_tensor(const torch::Tensor& picture);

/// A map [H,W] float32 on the CPU as CV_32FC1 that owns its values.
cv::Mat matrix_of(const torch::Tensor& map);

}  // namespace mien
