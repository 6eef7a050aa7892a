// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/neighbourhood_term.h"

namespace mien {

torch::Tensor neighbour_divergences(const torch::Tensor& log_p, const torch::Tensor& neighbour_log_p,
                                    const torch::Tensor& weights) {
  const auto divergences = (neighbour_log_p.exp() * (neighbour_log_p - log_p.unsqueeze(1))).sum(2);
  return (weights * divergences).sum(1);
}

}  // namespace mien
