// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/torch.h"

namespace mien {

/// How far attribution and prior differ.
enum class PalForm {
  pearson,      ///< minus their Pearson correlation, in [-1,1]
  sum,          ///< minus the sum over the places of standardised attribution times prior (report 000)
  sum_unbiased  ///< the same with the n - 1 standard deviation
};
/// Throws Error{usage} for another text than "pearson", "sum", "sum_unbiased".
PalForm pal_form(const std::string& text);

/// The loss of each sample [N]. `attribution` [N,C,h,w] is standardised over (C,h,w) of each sample; `priors` [N,h,w] is the same
/// for all channels. Adding a constant to a prior changes nothing, scaling it scales the sums and not the correlation. A flat
/// attribution or, for the correlation, a flat prior has loss and gradient 0.
torch::Tensor pal_losses(const torch::Tensor& attribution, const torch::Tensor& priors, PalForm form);

/// Pearson correlation of each sample's attribution with its prior [N].
torch::Tensor prior_correlation(const torch::Tensor& attribution, const torch::Tensor& priors);

}  // namespace mien
