// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/nn/torch.h"

namespace mien {

/// What each sample adds to the neighbourhood term Omega of report 002, [N]:
///     sum_j a_ij KL(f(x_j) || f(x_i)),   KL(P || Q) = sum_c P_c log(P_c / Q_c)
/// @param log_p            [N,K] log f(x_i)
/// @param neighbour_log_p  [N,k,K] log f(x_j); the gradient goes through it too unless it is detached
/// @param weights          [N,k] a_ij, 0 = no such neighbour
torch::Tensor neighbour_divergences(const torch::Tensor& log_p, const torch::Tensor& neighbour_log_p,
                                    const torch::Tensor& weights);

}  // namespace mien
