// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/explain/explained_model.h"

namespace mien {

struct OcclusionOptions {
  std::int64_t patch_px = 0;   ///< side of the square; 0 = a seventh of the shorter side
  std::int64_t stride_px = 0;  ///< 0 = half a patch
};

/// Places of the patch along a side of `size` pixels: 0, stride, 2 stride, ..., and one flush with the end, so that every pixel
/// is covered.
std::vector<std::int64_t> occlusion_places(std::int64_t size, std::int64_t patch, std::int64_t stride);

/// Occlusion (Zeiler and Fergus 2014, arXiv 1311.2901): for each pixel the mean, over the patches that cover it, of how much
/// the explained number falls when the patch shows the baseline instead; signed, [N,H,W]. `images` and `baselines` are [N,C,H,W];
/// at most `batch_size` pictures pass through the network at once.
torch::Tensor occlusion_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                            const torch::Tensor& baselines, const OcclusionOptions& options, std::int64_t batch_size);

}  // namespace mien
