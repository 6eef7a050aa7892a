// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/explain/explained_model.h"

namespace mien {

// All functions: `images` [N,C,H,W] normalised, `labels` [N] as explained_labels gives them; maps [N,H,W] of the input's size,
// inner maps enlarged bilinearly. Parameters should be frozen (FrozenModule), else time is spent on their gradients.

/// max over channels of |dy/dx| (Simonyan et al. 2014, arXiv 1312.6034), at the input ("" or "input") or at an inner layer.
torch::Tensor gradient_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                           const std::string& layer);

/// Sum over channels of x * dy/dx (Shrikumar et al. 2016, arXiv 1605.01713), signed. At an inner layer this is also HiResCAM
/// (Draelos and Carin 2020, arXiv 2011.08891).
torch::Tensor gradient_x_input_map(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                                   const std::string& layer);

/// Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): relu(sum_c mean(dy/dA_c) A_c) of the layer's map A; "" = the last map.
torch::Tensor grad_cam(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                       const std::string& layer);

struct IntegratedGradients {
  torch::Tensor maps;      ///< [N,H,W], sum over channels, signed
  torch::Tensor gap;       ///< [N] sum of the map - (y(image) - y(baseline)); 0 for infinitely many steps (completeness)
  torch::Tensor expected;  ///< [N] y(image) - y(baseline)
};

/// (x - b) times the mean of dy/dx at b + (x - b) (i + 0.5) / steps, i = 0..steps-1 (Sundararajan et al. 2017, arXiv
/// 1703.01365, midpoint rule). Passes at most about `batch_size` pictures through the network at once.
IntegratedGradients integrated_gradients(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels,
                                         const torch::Tensor& baselines, std::int64_t steps, std::int64_t batch_size);

}  // namespace mien
