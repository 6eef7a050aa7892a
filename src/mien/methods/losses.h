// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/nn/torch.h"

namespace mien {

/// Float32 of reduced-precision values (bf16 under autocast); float32 and float64 stay.
torch::Tensor full_precision(const torch::Tensor& t);

/// Smoothed targets (1-s)*t + s/K, [N,K].
torch::Tensor smooth_targets(const torch::Tensor& targets, double smoothing);

/// Cross entropy with distributions, averaged over samples: mean_i w_i * sum_c -t_ic log p_ic. `class_weights` [K] may be
/// undefined; w_i is then 1, else sum_c t_ic w_c, and the mean is the weighted one (as torch's cross_entropy for one-hot).
torch::Tensor soft_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets, const torch::Tensor& class_weights = {});

/// FER+ multi-target loss: mean_i -log max_c(t_ic p_ic), t = (1-e)*[target>0]+e, e = 1e-3 (Barsoum et al. 2016).
torch::Tensor multi_target_loss(const torch::Tensor& logits, const torch::Tensor& targets);

/// Mean squared error of valence and arousal over the samples that have them; 0 when none has.
torch::Tensor valence_arousal_loss(const torch::Tensor& predicted, const torch::Tensor& truth, const torch::Tensor& present);

}  // namespace mien
