// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/quantized.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "mien/runtime/rewrite/node_facts.h"

namespace mien::runtime {

using graph::DataType;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

constexpr int deepest_expression = 12;  ///< nodes between bytes and bytes

bool is_byte(DataType type) { return type == DataType::u8 || type == DataType::i8; }

template <std::size_t N>
bool is_one_of(const Node& node, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](auto name) { return is(node, name); });
}

/// The type of the bytes that a value holds; nullopt when it cannot be seen.
std::optional<DataType> byte_type(const GraphEditor& editor, ValueId value) {
  while (value != no_value) {
    if (const Tensor* constant = editor.constant(value)) return constant->type();
    for (const auto& port : editor.graph().inputs)
      if (port.value == value) return port.type;
    const Node* maker = editor.made_by(value);
    if (!maker) return std::nullopt;
    if (is(*maker, "QuantizeLinear") || is(*maker, "QLinearConv") || is(*maker, "QLinearMatMul")) {
      const ValueId zero = maker->input(is(*maker, "QuantizeLinear") ? 2 : 7);
      if (zero == no_value) return DataType::u8;
      value = zero;
    } else if (is_mien(*maker, "Table")) {
      value = maker->input(1);
    } else if (!moved_inputs(*maker).empty()) {
      value = maker->input(0);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::int32_t> single_byte(const GraphEditor& editor, ValueId value) {
  const Tensor* zero = editor.constant(value);
  if (!zero || !is_byte(zero->type()) || zero->size() != 1) return std::nullopt;
  return static_cast<std::int32_t>(zero->integers()[0]);
}

bool is_scale(float scale) { return std::isfinite(scale) && scale > 0; }

}  // namespace

std::int32_t Quantisation::byte_for(float value) const {
  const float steps = value / scale;
  if (std::isnan(steps)) return zero;
  return static_cast<std::int32_t>(
      std::clamp(std::nearbyint(steps) + static_cast<float>(zero), static_cast<float>(least()), static_cast<float>(most())));
}

bool is_quantised(const graph::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    const bool known = node.domain.empty() || node.domain == "ai.onnx" || node.domain == "com.microsoft";
    return known && (node.op == "QuantizeLinear" || node.op == "QGemm" || node.op.starts_with("QLinear"));
  });
}

std::optional<Quantisation> quantisation_of(const GraphEditor& editor, const Node& node) {
  const bool makes_bytes = is(node, "QuantizeLinear");
  if ((!makes_bytes && !is(node, "DequantizeLinear")) || !node.post.empty()) return std::nullopt;
  const float* scale = editor.scalar(node.input(1));
  if (!scale || !is_scale(*scale)) return std::nullopt;
  Quantisation code{*scale, 0, DataType::u8, node.input(1), node.input(2)};
  if (node.input(2) != no_value) {
    const auto zero = single_byte(editor, node.input(2));
    if (!zero) return std::nullopt;
    code.zero = *zero;
    code.type = editor.constant(node.input(2))->type();
    return code;
  }
  if (makes_bytes) return code;
  const auto type = byte_type(editor, node.input(0));
  if (!type || !is_byte(*type)) return std::nullopt;
  code.type = *type;
  return code;
}

std::optional<DequantisedValue> dequantised(const GraphEditor& editor, ValueId value) {
  const Node* maker = editor.made_by(value);
  if (!is(maker, "DequantizeLinear")) return std::nullopt;
  const auto code = quantisation_of(editor, *maker);
  return code ? std::optional(DequantisedValue{maker->inputs[0], *code}) : std::nullopt;
}

std::optional<QuantisedWeights> quantised_weights(const GraphEditor& editor, ValueId value) {
  const Node* maker = editor.made_by(value);
  if (!is(maker, "DequantizeLinear")) return std::nullopt;
  const Tensor* bytes = editor.constant(maker->input(0));
  const Tensor* scale = editor.constant(maker->input(1));
  const Tensor* zero = editor.constant(maker->input(2));
  if (!bytes || !is_byte(bytes->type()) || !scale || scale->type() != DataType::f32 || scale->dims().size() > 1)
    return std::nullopt;
  if (maker->input(2) != no_value && (!zero || zero->type() != bytes->type() || zero->size() != scale->size()))
    return std::nullopt;
  QuantisedWeights weights{maker->inputs[0], maker->inputs[1], maker->input(2), 0, scale->floats()};
  if (!std::all_of(weights.scales.begin(), weights.scales.end(), is_scale)) return std::nullopt;
  if (weights.scales.size() == 1) return weights;
  const auto rank = static_cast<std::int64_t>(bytes->dims().size());
  std::int64_t axis = maker->integer("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  weights.axis = static_cast<std::size_t>(axis);
  if (bytes->dims()[weights.axis] != scale->size()) return std::nullopt;
  return weights;
}

std::vector<std::size_t> moved_inputs(const Node& node) {
  static constexpr std::array<std::string_view, 14> names{"Reshape",  "Flatten", "Squeeze",      "Unsqueeze",   "Transpose",
                                                          "Slice",    "Split",   "Gather",       "Expand",      "Tile",
                                                          "Identity", "MaxPool", "DepthToSpace", "SpaceToDepth"};
  if (!node.post.empty() || node.inputs.empty()) return {};
  if (is(node, "Concat")) {
    std::vector<std::size_t> all(node.inputs.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  const bool repeats = (is(node, "Resize") || is(node, "Upsample")) && node.text("mode", "nearest") == "nearest";
  if (is(node, "MaxPool") && node.outputs.size() > 1) return {};
  return repeats || is_one_of(node, names) ? std::vector<std::size_t>{0} : std::vector<std::size_t>{};
}

Tensor all_bytes(DataType type) {
  Tensor bytes(type, {256});
  for (std::size_t i = 0; i < 256; ++i) bytes.raw()[i] = static_cast<std::byte>(i);
  return bytes;
}

namespace {

/// Computes values from the 256 bytes of one tensor.
class Expression {
 public:
  explicit Expression(const GraphEditor& editor) : editor_(editor) {}

  std::optional<ByteFunction> of(ValueId value) {
    const auto numbers = evaluate(value, deepest_expression);
    if (!numbers || !source_) return std::nullopt;
    return ByteFunction{source_->bytes, source_->code, *numbers};
  }

 private:
  static bool is_elementwise(const Node& node) {
    static constexpr std::array<std::string_view, 33> names{"Relu",       "LeakyRelu", "Clip",    "Sigmoid", "HardSigmoid",
                                                            "HardSwish",  "Tanh",      "Elu",     "Selu",    "Celu",
                                                            "Softplus",   "Softsign",  "Mish",    "Erf",     "Exp",
                                                            "Log",        "Sqrt",      "Neg",     "Abs",     "Sign",
                                                            "Reciprocal", "Floor",     "Ceil",    "Round",   "ThresholdedRelu",
                                                            "Add",        "Sub",       "Mul",     "Div",     "Pow",
                                                            "Min",        "Max",       "Identity"};
    return is_one_of(node, names) || ((node.domain == "com.microsoft" || node.domain == "mien") && node.op == "Gelu");
  }

  std::optional<Tensor> evaluate(ValueId value, int depth) {
    const auto found = known_.find(value);
    if (found != known_.end()) return found->second;
    auto result = compute(value, depth);
    if (result) known_.emplace(value, *result);
    return result;
  }

  std::optional<Tensor> compute(ValueId value, int depth) {
    if (const Tensor* constant = editor_.constant(value)) {
      if (constant->size() != 1 || constant->dims().size() > 1 || constant->type() != DataType::f32) return std::nullopt;
      return *constant;
    }
    if (const auto bytes = dequantised(editor_, value)) return numbers_of(*bytes);
    const Node* node = editor_.made_by(value);
    if (depth == 0 || !node || !is_elementwise(*node) || !node->post.empty() || node->outputs.size() != 1) return std::nullopt;
    std::vector<std::optional<Tensor>> operands;
    std::vector<const Tensor*> inputs;
    for (const auto input : node->inputs) {
      operands.push_back(input == no_value ? std::optional<Tensor>() : evaluate(input, depth - 1));
      if (input != no_value && !operands.back()) return std::nullopt;
    }
    for (const auto& operand : operands) inputs.push_back(operand ? &*operand : nullptr);
    auto result = operators::evaluate(*node, editor_.graph().opset, inputs)[0];
    if (result.type() != DataType::f32 || result.dims() != graph::Dims{256}) return std::nullopt;
    return result;
  }

  std::optional<Tensor> numbers_of(const DequantisedValue& value) {
    if (source_ && (source_->bytes != value.bytes || !source_->code.equals(value.code))) return std::nullopt;
    source_ = value;
    const auto bytes = all_bytes(value.code.type).integers();
    std::vector<float> numbers;
    for (const auto byte : bytes)
      numbers.push_back(static_cast<float>(static_cast<std::int32_t>(byte) - value.code.zero) * value.code.scale);
    return Tensor::of(numbers);
  }

  const GraphEditor& editor_;
  std::optional<DequantisedValue> source_;
  std::map<ValueId, Tensor> known_;
};

}  // namespace

std::optional<ByteFunction> byte_function(const GraphEditor& editor, ValueId value) { return Expression(editor).of(value); }

Tensor quantised_table(const Tensor& numbers, const Quantisation& code) {
  Tensor table(code.type, {256});
  const auto values = numbers.values<float>();
  for (std::size_t i = 0; i < 256; ++i) table.raw()[i] = static_cast<std::byte>(code.byte_for(values[i]));
  return table;
}

bool is_identity_table(const Tensor& table, DataType from) {
  if (table.type() != from) return false;
  for (std::size_t i = 0; i < 256; ++i)
    if (table.raw()[i] != static_cast<std::byte>(i)) return false;
  return true;
}

}  // namespace mien::runtime
