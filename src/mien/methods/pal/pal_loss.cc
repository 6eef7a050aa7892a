// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/pal/pal_loss.h"

#include "mien/base/error.h"

namespace mien {
namespace {

constexpr double least_variance = 1e-12;  ///< of values scaled to at most 1

/// [N,M] with mean 0 and standard deviation 1. Gradients may be tiny, so each row is scaled to a largest value of 1 first, which
/// the standardised values do not notice (nor do their derivatives: they are 0 along a scaling).
torch::Tensor standardized(const torch::Tensor& rows, bool unbiased) {
  const auto largest = rows.detach().abs().amax({1}, true);
  const auto scaled = rows / torch::where(largest > 0, largest, torch::ones_like(largest));
  const auto centred = scaled - scaled.mean(1, true);
  const double freedom = static_cast<double>(rows.size(1) - (unbiased ? 1 : 0));
  const auto variance = centred.square().sum(1, true) / freedom;
  return centred / variance.clamp_min(least_variance).sqrt();
}

}  // namespace

PalForm pal_form(const std::string& text) {
  if (text == "pearson") return PalForm::pearson;
  if (text == "sum") return PalForm::sum;
  if (text == "sum_unbiased") return PalForm::sum_unbiased;
  throw Error(ErrorCode::usage, "unknown form of the loss '" + text + "'", "It is pearson, sum or sum_unbiased.");
}

torch::Tensor pal_losses(const torch::Tensor& attribution, const torch::Tensor& priors, PalForm form) {
  const auto a = standardized(attribution.flatten(1), form == PalForm::sum_unbiased);
  const auto p = priors.unsqueeze(1).expand_as(attribution).flatten(1).to(a.dtype());
  if (form == PalForm::pearson) return -(a * standardized(p, false)).mean(1);
  return -(a * p).sum(1);
}

torch::Tensor prior_correlation(const torch::Tensor& attribution, const torch::Tensor& priors) {
  return -pal_losses(attribution, priors, PalForm::pearson);
}

}  // namespace mien
