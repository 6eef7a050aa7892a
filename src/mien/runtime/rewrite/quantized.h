// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mien/runtime/rewrite/graph_editor.h"

namespace mien::runtime {

// What the passes over quantised files ask about nodes.

/// A byte q of a tensor stands for (q - zero) * scale.
struct Quantisation {
  float scale = 1;
  std::int32_t zero = 0;
  graph::DataType type = graph::DataType::u8;  ///< u8 or i8
  graph::ValueId scale_value = graph::no_value;
  graph::ValueId zero_value = graph::no_value;  ///< left out: zero
  bool equals(const Quantisation& other) const { return scale == other.scale && zero == other.zero && type == other.type; }
  std::int32_t least() const { return type == graph::DataType::u8 ? 0 : -128; }
  std::int32_t most() const { return least() + 255; }
  /// The byte for a number, as QuantizeLinear finds it.
  std::int32_t byte_for(float value) const;
};

/// The network holds nodes that compute with bytes or make them: somebody quantised it.
bool is_quantised(const graph::Graph& graph);

/// Of a QuantizeLinear or DequantizeLinear of bytes with one constant scale and zero point for the whole tensor; nullopt for
/// other nodes.
std::optional<Quantisation> quantisation_of(const GraphEditor& editor, const graph::Node& node);
/// The DequantizeLinear of bytes that makes a value, with what it reads.
struct DequantisedValue {
  graph::ValueId bytes = graph::no_value;
  Quantisation code;
};
std::optional<DequantisedValue> dequantised(const GraphEditor& editor, graph::ValueId value);

/// Constant bytes, with one scale and zero point, or one for each slice along an axis.
struct QuantisedWeights {
  graph::ValueId bytes = graph::no_value, scale = graph::no_value, zero = graph::no_value;  ///< zero: left out
  std::size_t axis = 0;                                                                     ///< where there are several scales
  std::vector<float> scales;
};
/// The weights that a DequantizeLinear makes of constants.
std::optional<QuantisedWeights> quantised_weights(const GraphEditor& editor, graph::ValueId value);

/// Nodes that pick and move elements of their operands without looking at them, so that they do the same with bytes, or that
/// choose the largest: the positions of the inputs that they move; empty for other nodes.
std::vector<std::size_t> moved_inputs(const graph::Node& node);

/// All 256 bytes, in the order of their bits, as a tensor of this type.
graph::Tensor all_bytes(graph::DataType type);
/// What a byte becomes on its way through floats: `value` is computed from one tensor of bytes (the result's `bytes`) and from
/// single numbers alone, element by element, and is then quantised. The table has an entry for each byte, in the order of its
/// bits. nullopt when the value is none of that kind.
struct ByteFunction {
  graph::ValueId bytes = graph::no_value;
  Quantisation code;
  graph::Tensor numbers;  ///< f32, [256]
};
std::optional<ByteFunction> byte_function(const GraphEditor& editor, graph::ValueId value);
/// The numbers as bytes.
graph::Tensor quantised_table(const graph::Tensor& numbers, const Quantisation& code);
bool is_identity_table(const graph::Tensor& table, graph::DataType from);

}  // namespace mien::runtime
