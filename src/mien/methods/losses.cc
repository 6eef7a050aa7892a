// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/losses.h"

namespace mien {

torch::Tensor full_precision(const torch::Tensor& t) {
  return t.scalar_type() == torch::kBFloat16 || t.scalar_type() == torch::kHalf ? t.to(torch::kFloat32) : t;
}

torch::Tensor smooth_targets(const torch::Tensor& targets, double smoothing) {
  if (smoothing == 0) return targets;
  return targets * (1 - smoothing) + smoothing / static_cast<double>(targets.size(1));
}

torch::Tensor soft_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets, const torch::Tensor& class_weights) {
  const auto log_p = torch::log_softmax(logits, 1);
  if (!class_weights.defined()) return -(targets * log_p).sum(1).mean();
  const auto weighted = targets * class_weights;
  return -(weighted * log_p).sum() / weighted.sum().clamp_min(1e-12);
}

torch::Tensor multi_target_loss(const torch::Tensor& logits, const torch::Tensor& targets) {
  constexpr double epsilon = 1e-3;
  const auto t = (targets > 0).to(logits.dtype()) * (1 - epsilon) + epsilon;
  return -(t * torch::softmax(logits, 1)).amax(1).log().mean();
}

torch::Tensor valence_arousal_loss(const torch::Tensor& predicted, const torch::Tensor& truth, const torch::Tensor& present) {
  const auto squared = (predicted - truth).square().mean(1) * present;
  return squared.sum() / present.sum().clamp_min(1);
}

}  // namespace mien
