// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/int8_weights.h"

#include <algorithm>
#include <cmath>
#include <oneapi/dnnl/dnnl.hpp>

namespace mien::runtime::engine {

bool sums_bytes_exactly() {
  const auto isa = dnnl::get_effective_cpu_isa();
  return isa == dnnl::cpu_isa::avx2_vnni || static_cast<int>(isa) >= static_cast<int>(dnnl::cpu_isa::avx512_core_vnni);
}

namespace {

float largest_stored() { return sums_bytes_exactly() ? 127.f : 63.f; }

std::vector<float> as_scales(std::vector<float> largest) {
  const float steps = largest_stored();
  for (auto& value : largest) value = value > 0 ? value / steps : 1.f;
  return largest;
}

}  // namespace

std::vector<float> channel_scales(const graph::Tensor& weights, std::int64_t channels) {
  const auto values = weights.values<float>();
  std::vector<float> largest(static_cast<std::size_t>(channels));
  const auto row = values.size() / largest.size();
  for (std::size_t i = 0; i < values.size(); ++i) largest[i / row] = std::max(largest[i / row], std::abs(values[i]));
  return as_scales(std::move(largest));
}

std::vector<float> column_scales(const graph::Tensor& weights) {
  const auto values = weights.values<float>();
  std::vector<float> largest(static_cast<std::size_t>(weights.dims().back()));
  for (std::size_t i = 0; i < values.size(); ++i)
    largest[i % largest.size()] = std::max(largest[i % largest.size()], std::abs(values[i]));
  return as_scales(std::move(largest));
}

std::vector<float> scaled_bias(std::vector<float> bias, const std::vector<float>& scales, float source_scale) {
  for (std::size_t i = 0; i < bias.size() && !scales.empty(); ++i) bias[i] /= scales[i] * source_scale;
  return bias;
}

}  // namespace mien::runtime::engine
