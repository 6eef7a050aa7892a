// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// What quantised files do with bytes beside convolutions and products: our own kernels, see quantized_kernels.h.
#include <algorithm>
#include <cstring>

#include "mien/runtime/engine/builder.h"
#include "mien/runtime/engine/quantized_kernels.h"

namespace mien::runtime::engine {

namespace {

bool is_byte(DataType type) { return type == DataType::u8 || type == DataType::i8; }

/// One constant number; nullopt when it is not constant or more than one.
std::optional<float> scale_at(const Builder& b, ValueId id) {
  const auto* tensor = b.constant(id);
  return tensor && tensor->type() == DataType::f32 && tensor->size() == 1 ? std::optional(tensor->floats()[0]) : std::nullopt;
}

std::optional<std::int32_t> zero_at(const Builder& b, ValueId id) {
  if (id == graph::no_value) return 0;
  const auto* tensor = b.constant(id);
  return tensor && tensor->size() == 1 ? std::optional(static_cast<std::int32_t>(tensor->integers()[0])) : std::nullopt;
}

std::optional<ByteCode> code_at(const Builder& b, DataType type, ValueId scale, ValueId zero) {
  const auto s = scale_at(b, scale);
  const auto z = zero_at(b, zero);
  return s && z ? std::optional(ByteCode{type, *z, *s}) : std::nullopt;
}

bool is_microsoft(const Node& node, const char* op) { return node.domain == "com.microsoft" && node.op == op; }

/// Nothing is said against a result in the order of the operand: a convolution behind it reads channels last anyway.
bool feeds_convolution(const Builder& b, ValueId id) {
  const auto& readers = b.uses().readers[static_cast<std::size_t>(id)];
  return std::any_of(readers.begin(), readers.end(),
                     [&](auto n) { return b.typed().graph.nodes[static_cast<std::size_t>(n)].op == "QLinearConv"; });
}

bool lower_quantise(Builder& b, const Node& node) {
  const auto result_id = node.outputs[0];
  const auto code = code_at(b, b.type(result_id), node.input(1), node.input(2));
  if (!code || b.constant(node.inputs[0])) return false;
  const auto source = b.any(node.inputs[0]);
  if (source.format.storage != Storage::f32 && source.format.storage != Storage::bf16) return false;
  const auto& dims = source.dims;
  const auto count = graph::element_count(dims);
  const auto from = source.format.storage;
  if (!source.format.channels_last && has_orders(dims) && dims[1] <= 16 && feeds_convolution(b, result_id)) {
    const auto result = b.make(result_id, {Storage::native, true});
    b.emit_function("QuantizeLinear", "mien", {source.buffer, result.buffer}, dims,
                    [code = *code, from, n = dims[0], c = dims[1], pixels = dims[2] * dims[3]](
                        const std::vector<std::byte*>& at) { quantise_to_pixels(at[0], from, code, at[1], n, c, pixels); });
    return true;
  }
  const auto result = b.make(result_id, {Storage::native, source.format.channels_last});
  b.emit_function("QuantizeLinear", "mien", {source.buffer, result.buffer}, dims,
                  [code = *code, from, count](const std::vector<std::byte*>& at) { quantise(at[0], from, code, at[1], count); });
  return true;
}

bool lower_dequantise(Builder& b, const Node& node) {
  const auto type = b.type(node.inputs[0]);
  const auto code = code_at(b, type, node.input(1), node.input(2));
  if (!code || !is_byte(type) || b.constant(node.inputs[0])) return false;
  const auto source = b.any(node.inputs[0]);
  auto format = b.float_format(node.outputs[0]);
  format.channels_last = source.format.channels_last;
  const auto result = b.make(node.outputs[0], format);
  b.emit_function("DequantizeLinear", "mien", {source.buffer, result.buffer}, result.dims,
                  [code = *code, to = format.storage, count = graph::element_count(result.dims)](
                      const std::vector<std::byte*>& at) { dequantise(at[0], code, at[1], to, count); });
  return true;
}

bool lower_table(Builder& b, const Node& node) {
  const auto* entries = b.constant(node.inputs[1]);
  if (!entries || !entries->has_data() || b.constant(node.inputs[0])) return false;
  ByteTable table;
  std::memcpy(table.data(), entries->raw(), table.size());
  const auto source = b.any(node.inputs[0]);
  const auto result = b.make(node.outputs[0], {Storage::native, source.format.channels_last});
  b.emit_function("table", "mien", {source.buffer, result.buffer}, result.dims,
                  [table, count = graph::element_count(result.dims)](const std::vector<std::byte*>& at) {
                    look_up(at[0], table, at[1], count);
                  });
  return true;
}

/// How the right operand serves the left one, which has the dims of the result: see ByteBinary.
struct Pairing {
  std::int64_t period = 0, block = 0;
  bool channels_last = false;
};

/// The dims end like those of the result and have ones in front.
bool is_inner_part(const Dims& right, const Dims& result) {
  std::size_t d = result.size();
  while (d > 0 && right[d - 1] == result[d - 1]) --d;
  return std::all_of(right.begin(), right.begin() + static_cast<std::ptrdiff_t>(d), [](auto dim) { return dim == 1; });
}

std::optional<Pairing> pairing_of(const Dims& result, Dims right, bool channels_last) {
  if (right == result) return Pairing{0, 0, channels_last};
  if (right.size() > result.size()) return std::nullopt;
  right = with_rank(right, result.size());
  const auto image = graph::element_count(result) / std::max<std::int64_t>(1, result[0]);
  if (has_orders(result) && right == Dims{1, result[1], 1, 1}) return Pairing{result[1], 0, true};
  if (has_orders(result) && right == Dims{result[0], result[1], 1, 1}) return Pairing{result[1], image, true};
  const auto count = graph::element_count(right);
  return count >= 8 && is_inner_part(right, result) ? std::optional(Pairing{count, 0, false}) : std::nullopt;
}

bool lower_byte_binary(Builder& b, const Node& node) {
  const auto type = b.type(node.outputs[0]);
  auto left = code_at(b, type, node.input(1), node.input(2)), right = code_at(b, type, node.input(4), node.input(5));
  const auto result = code_at(b, type, node.input(6), node.input(7));
  if (!left || !right || !result) return false;
  ValueId a = node.inputs[0], c = node.inputs[3];
  const auto& y = b.dims(node.outputs[0]);
  if (b.constant(a) || b.dims(a) != y) std::swap(a, c), std::swap(left, right);
  if (b.constant(a) || b.dims(a) != y || graph::element_count(y) == 0) return false;
  const auto pairing = pairing_of(y, b.dims(c), b.any(a).format.channels_last);
  if (!pairing) return false;
  const bool multiply = node.op == "QLinearMul";
  ByteBinary binary;
  binary.type = type, binary.zero = result->zero;
  binary.left_zero = left->zero, binary.right_zero = right->zero;
  binary.left = left->scale / result->scale, binary.right = right->scale / result->scale;
  if (multiply) binary.left = left->scale * right->scale / result->scale, binary.multiply = true;
  binary.period = pairing->period, binary.block = pairing->block;
  binary.bounds = bounds_of(type);
  for (const auto& post : node.post) {
    if (post.kind != graph::PostOp::Kind::clip) return false;
    binary.bounds = {static_cast<std::int32_t>(post.alpha), static_cast<std::int32_t>(post.beta)};
  }
  const Format format{Storage::native, pairing->channels_last};
  const auto first = b.get(a, format), second = pairing->period ? b.plain(c) : b.get(c, format);
  const auto made = b.make(node.outputs[0], format);
  b.emit_function(
      node.op, "mien", {first.buffer, second.buffer, made.buffer}, y,
      [binary, count = graph::element_count(y)](const std::vector<std::byte*>& at) { run(binary, at[0], at[1], at[2], count); });
  return true;
}

bool lower_byte_mean(Builder& b, const Node& node) {
  const auto& x = b.dims(node.inputs[0]);
  const auto type = b.type(node.outputs[0]);
  const auto from = code_at(b, b.type(node.inputs[0]), node.input(1), node.input(2));
  const auto to = code_at(b, type, node.input(3), node.input(4));
  if (!from || !to || x.size() != 4 || node.integer("channels_last", 0) != 0 || graph::element_count(x) == 0 ||
      !node.post.empty() || b.constant(node.inputs[0]))
    return false;
  const auto source = b.get(node.inputs[0], {Storage::native, true});
  const auto result = b.make(node.outputs[0], {Storage::native});
  const std::int64_t pixels = x[2] * x[3];
  const ByteMean mean{x[0], pixels, x[1], *from, type, from->scale / (to->scale * static_cast<float>(pixels)), to->zero};
  b.emit_function(node.op, "mien", {source.buffer, result.buffer}, result.dims,
                  [mean](const std::vector<std::byte*>& at) { run(mean, at[0], at[1]); });
  return true;
}

}  // namespace

bool lower_bytes(Builder& b, const Node& node) {
  if (node.outputs.size() != 1 || node.inputs.empty() || node.inputs[0] == graph::no_value) return false;
  if (graph::element_count(b.dims(node.outputs[0])) == 0) return false;
  if (node.domain.empty() && node.op == "QuantizeLinear") return lower_quantise(b, node);
  if (node.domain.empty() && node.op == "DequantizeLinear") return lower_dequantise(b, node);
  if (node.domain == "mien" && node.op == "Table") return lower_table(b, node);
  if (is_microsoft(node, "QLinearAdd") || is_microsoft(node, "QLinearMul")) return lower_byte_binary(b, node);
  return is_microsoft(node, "QLinearGlobalAveragePool") && lower_byte_mean(b, node);
}

}  // namespace mien::runtime::engine
