// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/distribution_loss.h"

#include "mien/base/error.h"

namespace mien {

DistributionLoss distribution_loss_form(const std::string& name) {
  if (name == "element_mean") return DistributionLoss::element_mean;
  if (name == "sample_mean") return DistributionLoss::sample_mean;
  if (name == "kl") return DistributionLoss::kl;
  throw Error(ErrorCode::usage, "unknown --ldl-loss '" + name + "'", "Choose element_mean, sample_mean or kl.");
}

torch::Tensor distribution_loss(const torch::Tensor& logits, const torch::Tensor& targets, DistributionLoss form,
                                const torch::Tensor& sample_weights) {
  auto losses = -(targets * torch::log_softmax(logits, 1)).sum(1);
  if (form == DistributionLoss::element_mean) losses = losses / static_cast<double>(logits.size(1));
  if (form == DistributionLoss::kl) losses = losses + torch::xlogy(targets, targets).sum(1);
  return (sample_weights.defined() ? losses * sample_weights : losses).mean();
}

}  // namespace mien
