// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/graph/tensor.h"

namespace mien::runtime::engine {

/// oneDNN adds products of bytes without overflow whatever the bytes are: the processor has VNNI.
bool sums_bytes_exactly();

/// One factor an output channel: weight = stored * factor, stored in -127..127 (-63..63 where the processor adds products of
/// bytes in 16 bits and would overflow, that is without VNNI).
/// @param weights  f32, output channels along the first dim
std::vector<float> channel_scales(const graph::Tensor& weights, std::int64_t channels);
/// The same for weights [K,N] with the output channels along the last dim.
std::vector<float> column_scales(const graph::Tensor& weights);

/// A bias as oneDNN adds it to integer sums; unchanged when `scales` is empty.
std::vector<float> scaled_bias(std::vector<float> bias, const std::vector<float>& scales, float source_scale);

}  // namespace mien::runtime::engine
