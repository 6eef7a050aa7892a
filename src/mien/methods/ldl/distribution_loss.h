// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/torch.h"

namespace mien {

enum class DistributionLoss { element_mean, sample_mean, kl };
/// "element_mean", "sample_mean", "kl". Throws Error{usage}.
DistributionLoss distribution_loss_form(const std::string& name);

/// How far softmax(logits) [N,K] is from distributions `targets` [N,K], a scalar: the mean over samples of w_i l_i, where l_i is
/// the cross entropy sum_c -t_ic log p_ic (sample_mean), the same divided by K (element_mean, the authors' code), or KL(t_i ||
/// p_i). The three have one direction of gradient. `sample_weights` [N] may be undefined: all 1. Finite for every finite logit.
torch::Tensor distribution_loss(const torch::Tensor& logits, const torch::Tensor& targets, DistributionLoss form,
                                const torch::Tensor& sample_weights = {});

}  // namespace mien
