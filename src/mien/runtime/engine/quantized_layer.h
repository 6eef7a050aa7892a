// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/runtime/engine/builder.h"
#include "mien/runtime/engine/quantized_kernels.h"

namespace mien::runtime::engine {

/// A node that multiplies bytes with constant bytes, sums and brings the sums to another scale: QLinearConv, QLinearMatMul,
/// QGemm.
struct QuantisedLayer {
  ValueId x = graph::no_value, weights = graph::no_value;
  std::int32_t x_zero = 0;
  std::vector<std::int32_t> weight_zeros;  ///< one, or one a channel of the result
  std::vector<std::int64_t> bias;          ///< one a channel; empty: none
  std::vector<float> factors;              ///< from sums to steps of the result (f32: to its numbers), one a channel
  DataType type = DataType::u8;            ///< of the result: u8, i8 or f32
  std::int32_t zero = 0;
  ByteBounds bounds;
};

/// What the node computes; nullopt for other nodes and where scales, zero points, weights or bias are not constant.
std::optional<QuantisedLayer> quantised_layer(const Builder& b, const Node& node, std::int64_t channels);

/// Weights without their zero points.
struct CentredWeights {
  graph::Tensor bytes;             ///< i8; empty where the numbers do not fit
  std::vector<std::int64_t> sums;  ///< one a channel of the result
};
/// @param inner  weights that follow each other and belong to one channel; the channels come round again after that
CentredWeights centred_weights(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                               std::int64_t inner);
/// The same numbers in f32.
graph::Tensor centred_floats(const graph::Tensor& weights, const std::vector<std::int32_t>& zeros, std::int64_t channels,
                             std::int64_t inner);

}  // namespace mien::runtime::engine
