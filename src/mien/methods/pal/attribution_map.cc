// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/pal/attribution_map.h"

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"

namespace mien {

AttributionKind attribution_kind(const std::string& text) {
  if (text == "grad") return AttributionKind::grad;
  if (text == "grad_input") return AttributionKind::grad_input;
  if (text == "activation") return AttributionKind::activation;
  throw Error(ErrorCode::usage, "unknown attribution '" + text + "'", "It is grad, grad_input or activation.");
}

torch::Tensor attribution_map(AttributionKind kind, const torch::Tensor& logits, const torch::Tensor& inner, bool differentiable) {
  if (kind == AttributionKind::activation) return inner.to(logits.dtype());
  const auto gradient = torch::autograd::grad({logits.sum()}, {inner}, {}, /*retain_graph=*/true, differentiable)[0];
  const auto size = gradient.to(logits.dtype()).abs();
  return kind == AttributionKind::grad ? size : size * inner.to(logits.dtype());
}

std::int64_t channels_of_share(std::int64_t channels, double share) {
  return std::clamp<std::int64_t>(std::llround(share * static_cast<double>(channels)), 1, channels);
}

torch::Tensor first_channels(const torch::Tensor& attribution, double share, bool average) {
  const auto chosen = attribution.narrow(1, 0, channels_of_share(attribution.size(1), share));
  return average ? chosen.mean(1, /*keepdim=*/true) : chosen;
}

torch::Tensor other_channels(const torch::Tensor& attribution, double share) {
  const std::int64_t first = channels_of_share(attribution.size(1), share), others = attribution.size(1) - first;
  return others > 0 ? attribution.narrow(1, first, others).mean(1, /*keepdim=*/true) : torch::Tensor();
}

}  // namespace mien
