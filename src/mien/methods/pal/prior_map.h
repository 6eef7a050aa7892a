// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

/// Prior maps [N,height,width] of landmarks [N,P,2] (x,y in pixels, centres at integers): the sum over `points` (positions in
/// P; empty = all) of exp(-d^2 / (2 sigma^2)) / sqrt(2 pi sigma^2), as landmark_heat_map draws it for one face (report 000).
torch::Tensor prior_maps(const torch::Tensor& landmarks, std::int64_t height, std::int64_t width, double sigma_px,
                         const std::vector<int>& points);

/// Brings maps [N,H,W] to a layer's size [N,height,width]: "area" (means of the cells, also where the sizes do not divide) or
/// "bilinear" (half-pixel centres, no antialiasing).
torch::Tensor resize_priors(const torch::Tensor& maps, std::int64_t height, std::int64_t width, const std::string& how);

}  // namespace mien
