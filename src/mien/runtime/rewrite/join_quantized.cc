// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Files that others quantised: what they compute in floats between DequantizeLinear and QuantizeLinear becomes arithmetic on
// bytes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"
#include "mien/runtime/rewrite/quantized.h"

namespace mien::runtime {

using graph::DataType;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

namespace {

ValueId zero_of(GraphEditor& editor, ValueId zero, DataType type, ValueId beside) {
  if (zero != no_value) return zero;
  Tensor none(type, {});
  none.raw()[0] = std::byte{0};
  return editor.add_constant(derived_name(editor, beside, "zero"), std::move(none));
}

Node table_node(GraphEditor& editor, const std::string& name, ValueId bytes, Tensor table, ValueId result) {
  const auto entries = editor.add_constant(derived_name(editor, result, "table"), std::move(table));
  return mien_node("Table", name, {bytes, entries}, result);
}

// ---- DequantizeLinear behind nodes that move elements

/// What stands in common behind all inputs that the node moves; nullopt when they are not bytes of one kind.
std::optional<Quantisation> common_code(const GraphEditor& editor, const Node& node, const std::vector<std::size_t>& moved) {
  std::optional<Quantisation> common;
  for (const auto i : moved) {
    const auto value = node.input(i) == no_value ? std::nullopt : dequantised(editor, node.input(i));
    if (!value || (common && !common->equals(value->code))) return std::nullopt;
    common = value->code;
  }
  return common;
}

void fold_when_constant(GraphEditor& editor, std::int32_t index) {
  const Node node = editor.node(index);
  const auto operands = operands_of(node);
  if (!std::all_of(operands.begin(), operands.end(), [&](auto value) { return editor.constant(value) != nullptr; })) return;
  auto results = evaluate_constants(editor.graph(), node);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (node.outputs[i] != no_value) editor.make_constant(node.outputs[i], std::move(results[i]));
}

/// The node moves the bytes, and what it makes of them is dequantised.
void move_bytes(GraphEditor& editor, std::int32_t index) {
  Node moving = editor.node(index);
  const auto moved = moved_inputs(moving);
  const auto code = moved.empty() ? std::nullopt : common_code(editor, moving, moved);
  if (!code) return;
  for (const auto i : moved) moving.inputs[i] = dequantised(editor, moving.inputs[i])->bytes;
  for (auto& output : moving.outputs) {
    if (output == no_value) continue;
    const auto bytes = editor.add_value(derived_name(editor, output, "bytes"));
    std::vector<ValueId> inputs{bytes, code->scale_value};
    if (code->zero_value != no_value) inputs.push_back(code->zero_value);
    editor.insert_behind(index, node_of("DequantizeLinear", "", moving.name, std::move(inputs), {output}));
    output = bytes;
  }
  editor.replace(index, std::move(moving));
  fold_when_constant(editor, index);
}

// ---- QuantizeLinear and what stands before it

/// Relu and Clip before a QuantizeLinear, as bounds of its bytes, and the value that they bound.
struct Bounded {
  ValueId value = no_value;
  std::int32_t maker = -1;
  std::int32_t low = 0, high = 0;
};

/// Lower and upper bound of Relu or Clip; nullopt for other nodes and bounds that are not constant.
std::optional<std::pair<float, float>> bounds_of(const GraphEditor& editor, const Node& node) {
  constexpr float most = std::numeric_limits<float>::max();
  if (!node.post.empty()) return std::nullopt;
  if (is(node, "Relu")) return std::pair(0.0f, most);
  if (!is(node, "Clip")) return std::nullopt;
  std::pair bounds(node.real("min", -most), node.real("max", most));
  for (const std::size_t i : {1, 2}) {
    if (node.input(i) == no_value) continue;
    const float* bound = editor.scalar(node.input(i));
    if (!bound) return std::nullopt;
    (i == 1 ? bounds.first : bounds.second) = *bound;
  }
  return bounds.first <= bounds.second ? std::optional(bounds) : std::nullopt;
}

/// nullopt when something else reads what stands before.
std::optional<Bounded> bounded(const GraphEditor& editor, std::int32_t index, const Quantisation& code) {
  Bounded found{editor.node(index).inputs[0], -1, code.least(), code.most()};
  for (std::int32_t reader = index;; reader = found.maker) {
    found.maker = editor.maker(found.value);
    if (found.maker < 0 || editor.sole_reader(found.value) != reader) return std::nullopt;
    const auto bounds = bounds_of(editor, editor.node(found.maker));
    if (!bounds) return found;
    const auto low = std::clamp(code.byte_for(bounds->first), found.low, found.high);
    found.high = std::clamp(code.byte_for(bounds->second), found.low, found.high);
    found.low = low;
    found.value = editor.node(found.maker).inputs[0];
  }
}

/// Makes the nodes on bytes that stand for what a QuantizeLinear reads.
class Joiner {
 public:
  Joiner(GraphEditor& editor, std::int32_t index, const Quantisation& code, const Bounded& before)
      : editor_(editor),
        index_(index),
        quantise_(editor.node(index)),
        code_(code),
        before_(before),
        maker_(editor.node(before.maker)) {}

  bool run() {
    if (!maker_.post.empty() || maker_.outputs.size() != 1) return false;
    if (is(maker_, "Conv")) return join_convolution();
    if (is(maker_, "Gemm")) return join_gemm();
    if (is(maker_, "MatMul")) return join_product();
    if (is(maker_, "Add") || is(maker_, "Mul")) return join_binary();
    if (is(maker_, "GlobalAveragePool")) return join_global_average();
    return is(maker_, "Concat") && join_concat();
  }

 private:
  ValueId result_zero() { return zero_of(editor_, code_.zero_value, code_.type, quantise_.outputs[0]); }
  ValueId zero_of_operand(const DequantisedValue& value) {
    return zero_of(editor_, value.code.zero_value, value.code.type, value.bytes);
  }

  bool finish(Node node) {
    if (before_.low > code_.least() || before_.high < code_.most())
      node.post.push_back(
          {graph::PostOp::Kind::clip, static_cast<float>(before_.low), static_cast<float>(before_.high), no_value});
    editor_.replace(index_, std::move(node));
    return true;
  }

  /// The bias in steps of x scale times weight scale; nullopt when it is not constant or has no such number.
  std::optional<ValueId> bias_of(ValueId bias, float x_scale, const QuantisedWeights& weights, std::int64_t channels) {
    if (bias == no_value) return no_value;
    std::vector<double> values;
    if (const Tensor* given = editor_.constant(bias); given && given->type() == DataType::f32) {
      const auto floats = given->floats();
      values.assign(floats.begin(), floats.end());
    } else if (!dequantised_bias(bias, values)) {
      return std::nullopt;
    }
    if (static_cast<std::int64_t>(values.size()) != channels) return std::nullopt;
    Tensor steps(DataType::i32, {channels});
    for (std::size_t c = 0; c < values.size(); ++c) {
      const double step = std::nearbyint(values[c] / (static_cast<double>(x_scale) * weights.scales[c % weights.scales.size()]));
      if (!(std::abs(step) <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
      steps.values<std::int32_t>()[c] = static_cast<std::int32_t>(step);
    }
    return editor_.add_constant(derived_name(editor_, bias, "steps"), std::move(steps));
  }

  bool dequantised_bias(ValueId bias, std::vector<double>& values) const {
    const Node* maker = editor_.made_by(bias);
    if (!is(maker, "DequantizeLinear")) return false;
    const Tensor* steps = editor_.constant(maker->input(0));
    const Tensor* scale = editor_.constant(maker->input(1));
    const Tensor* zero = editor_.constant(maker->input(2));
    if (!steps || steps->dims().size() != 1 || !scale || scale->type() != DataType::f32 ||
        (scale->size() != 1 && scale->size() != steps->size()) || (maker->input(2) != no_value && !zero))
      return false;
    const auto integers = steps->integers();
    const auto zeros = zero ? zero->integers() : std::vector<std::int64_t>{0};
    const auto scales = scale->floats();
    for (std::size_t c = 0; c < integers.size(); ++c)
      values.push_back(static_cast<double>(integers[c] - zeros[c % zeros.size()]) * scales[c % scales.size()]);
    return true;
  }

  bool join_convolution() {
    const auto x = dequantised(editor_, maker_.input(0));
    const auto weights = quantised_weights(editor_, maker_.input(1));
    if (!x || !weights || (weights->scales.size() > 1 && weights->axis != 0)) return false;
    const Tensor& bytes = *editor_.constant(weights->bytes);
    if (bytes.dims().size() < 3) return false;
    const auto bias = bias_of(maker_.input(2), x->code.scale, *weights, bytes.dims()[0]);
    if (!bias) return false;
    std::vector<ValueId> inputs = {
        x->bytes,          x->code.scale_value, zero_of_operand(*x),
        weights->bytes,    weights->scale,      zero_of(editor_, weights->zero, bytes.type(), weights->bytes),
        code_.scale_value, result_zero()};
    if (*bias != no_value) inputs.push_back(*bias);
    Node node = node_of("QLinearConv", "", maker_.name, std::move(inputs), quantise_.outputs);
    node.attributes = maker_.attributes;
    return finish(std::move(node));
  }

  bool join_gemm() {
    const auto x = dequantised(editor_, maker_.input(0));
    const auto weights = quantised_weights(editor_, maker_.input(1));
    if (!x || !weights || maker_.integer("transA", 0) != 0 || maker_.real("alpha", 1) != 1 || maker_.real("beta", 1) != 1)
      return false;
    const Tensor& bytes = *editor_.constant(weights->bytes);
    const std::size_t columns = maker_.integer("transB", 0) != 0 ? 0 : 1;
    if (bytes.dims().size() != 2 || (weights->scales.size() > 1 && weights->axis != columns)) return false;
    const auto bias = bias_of(maker_.input(2), x->code.scale, *weights, bytes.dims()[columns]);
    if (!bias) return false;
    Node node = node_of("QGemm", "com.microsoft", maker_.name,
                        {x->bytes, x->code.scale_value, zero_of_operand(*x), weights->bytes, weights->scale,
                         zero_of(editor_, weights->zero, bytes.type(), weights->bytes), *bias, code_.scale_value, result_zero()},
                        quantise_.outputs);
    node.attributes["transB"] = maker_.integer("transB", 0);
    return finish(std::move(node));
  }

  bool join_product() {
    const auto x = dequantised(editor_, maker_.input(0));
    if (!x) return false;
    std::vector<ValueId> inputs = {x->bytes, x->code.scale_value, zero_of_operand(*x)};
    if (const auto weights = quantised_weights(editor_, maker_.input(1))) {
      const Tensor& bytes = *editor_.constant(weights->bytes);
      if (bytes.dims().size() != 2 || (weights->scales.size() > 1 && weights->axis != 1)) return false;
      inputs.insert(inputs.end(),
                    {weights->bytes, weights->scale, zero_of(editor_, weights->zero, bytes.type(), weights->bytes)});
    } else if (const auto y = dequantised(editor_, maker_.input(1))) {
      inputs.insert(inputs.end(), {y->bytes, y->code.scale_value, zero_of_operand(*y)});
    } else {
      return false;
    }
    inputs.insert(inputs.end(), {code_.scale_value, result_zero()});
    return finish(node_of("QLinearMatMul", "", maker_.name, std::move(inputs), quantise_.outputs));
  }

  bool join_binary() {
    std::vector<ValueId> inputs;
    for (const std::size_t i : {0, 1}) {
      const auto operand = dequantised(editor_, maker_.input(i));
      if (!operand || operand->code.type != code_.type) return false;
      inputs.insert(inputs.end(), {operand->bytes, operand->code.scale_value, zero_of_operand(*operand)});
    }
    inputs.insert(inputs.end(), {code_.scale_value, result_zero()});
    return finish(node_of("QLinear" + maker_.op, "com.microsoft", maker_.name, std::move(inputs), quantise_.outputs));
  }

  bool join_global_average() {
    const auto x = dequantised(editor_, maker_.input(0));
    if (!x || x->code.type != code_.type) return false;
    return finish(node_of("QLinearGlobalAveragePool", "com.microsoft", maker_.name,
                          {x->bytes, x->code.scale_value, zero_of_operand(*x), code_.scale_value, result_zero()},
                          quantise_.outputs));
  }

  /// Every part is brought to the result's scale by a table.
  bool join_concat() {
    Node concat = maker_;
    concat.outputs = quantise_.outputs;
    std::vector<Tensor> tables;
    for (const auto input : maker_.inputs) {
      const auto part = byte_function(editor_, input);
      if (!part) return false;
      tables.push_back(bounded_table(part->numbers));
    }
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto part = *byte_function(editor_, maker_.inputs[i]);
      concat.inputs[i] = part.bytes;
      if (is_identity_table(tables[i], part.code.type)) continue;
      concat.inputs[i] = editor_.add_value(derived_name(editor_, quantise_.outputs[0], "part" + std::to_string(i)));
      editor_.insert_behind(before_.maker, table_node(editor_, maker_.name, part.bytes, tables[i], concat.inputs[i]));
    }
    editor_.replace(index_, std::move(concat));
    return true;
  }

  Tensor bounded_table(const Tensor& numbers) const {
    Tensor table = quantised_table(numbers, code_);
    for (std::size_t i = 0; i < 256; ++i) {
      const auto byte = code_.type == DataType::u8 ? static_cast<std::int32_t>(table.values<std::uint8_t>()[i])
                                                   : static_cast<std::int32_t>(table.values<std::int8_t>()[i]);
      table.raw()[i] = static_cast<std::byte>(std::clamp(byte, before_.low, before_.high));
    }
    return table;
  }

  GraphEditor& editor_;
  std::int32_t index_;
  Node quantise_;  // copies: nodes move in memory when others are added
  Quantisation code_;
  Bounded before_;
  Node maker_;
};

/// Bytes that become bytes, element by element.
bool join_function(GraphEditor& editor, std::int32_t index, const Quantisation& code) {
  const Node quantise = editor.node(index);
  const auto function = byte_function(editor, quantise.inputs[0]);
  if (!function) return false;
  auto table = quantised_table(function->numbers, code);
  if (is_identity_table(table, function->code.type) && editor.bypass(index, function->bytes)) return true;
  editor.replace(index, table_node(editor, quantise.name, function->bytes, std::move(table), quantise.outputs[0]));
  return true;
}

void join_at(GraphEditor& editor, std::int32_t index) {
  const auto code = quantisation_of(editor, editor.node(index));
  if (!code || editor.node(index).inputs[0] == no_value || join_function(editor, index, *code)) return;
  if (const auto before = bounded(editor, index, *code)) Joiner(editor, index, *code, *before).run();
}

/// A value that is quantised twice in the same way is quantised once.
void join_equal(GraphEditor& editor) {
  std::map<std::tuple<ValueId, float, std::int32_t, DataType>, std::int32_t> first;
  for (const auto index : editor.order()) {
    if (!editor.alive(index) || !is(editor.node(index), "QuantizeLinear")) continue;
    const auto code = quantisation_of(editor, editor.node(index));
    if (!code) continue;
    const auto [found, is_new] = first.try_emplace({editor.node(index).inputs[0], code->scale, code->zero, code->type}, index);
    if (!is_new) editor.bypass(index, editor.node(found->second).outputs[0]);
  }
}

// ---- operators of ONNX Runtime's that tables can do

/// The operand of a node of ONNX Runtime's that is the only tensor it computes from, the rest being constants and single bytes;
/// -1 when there is none.
int only_operand(const GraphEditor& editor, const Node& node) {
  if (node.domain != "com.microsoft" || !node.post.empty()) return -1;
  if (node.op == "QLinearSigmoid" || node.op == "QLinearLeakyRelu") return 0;
  if ((node.op != "QLinearAdd" && node.op != "QLinearMul") || node.inputs.size() < 7) return -1;
  for (const int i : {0, 3}) {
    const Tensor* other = editor.constant(node.inputs[static_cast<std::size_t>(3 - i)]);
    if (other && other->size() == 1 && other->dims().size() <= 1) return i;
  }
  return -1;
}

/// A node that computes byte by byte becomes a table.
bool to_table(GraphEditor& editor, std::int32_t index) {
  const Node node = editor.node(index);
  const int operand = only_operand(editor, node);
  if (operand < 0 || editor.constant(node.inputs[static_cast<std::size_t>(operand)])) return false;
  std::optional<DataType> type;
  std::vector<const Tensor*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(editor.constant(node.inputs[i]));
    const bool is_operand = i == static_cast<std::size_t>(operand);
    if (node.inputs[i] != no_value && !inputs.back() && !is_operand) return false;
    if (inputs.back() && inputs.back()->type() != DataType::f32) type = inputs.back()->type();
  }
  if (!type) return false;
  const Tensor bytes = all_bytes(*type);
  inputs[static_cast<std::size_t>(operand)] = &bytes;
  auto table = operators::evaluate(node, editor.graph().opset, inputs)[0];
  editor.replace(
      index, table_node(editor, node.name, node.inputs[static_cast<std::size_t>(operand)], std::move(table), node.outputs[0]));
  return true;
}

/// QLinearConcat: tables, and a Concat of bytes.
void split_concat(GraphEditor& editor, std::int32_t index) {
  const Node node = editor.node(index);
  if (node.domain != "com.microsoft" || node.op != "QLinearConcat" || node.inputs.size() < 5) return;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if ((i < 2 || i % 3 != 2) && !editor.constant(node.inputs[i])) return;
  const DataType type = editor.constant(node.inputs[1])->type();
  Node concat = node_of("Concat", "", node.name, {}, node.outputs);
  concat.attributes["axis"] = node.integer("axis", 1);
  std::int32_t last = index;
  std::vector<std::pair<std::size_t, Tensor>> tables;
  for (std::size_t i = 2; i + 2 < node.inputs.size(); i += 3) {
    const Tensor bytes = all_bytes(type);
    Node part = node_of("QLinearConcat", "com.microsoft", node.name, {}, {no_value});
    part.attributes["axis"] = std::int64_t{0};
    part.inputs.assign(5, 0);
    auto table = operators::evaluate(part, editor.graph().opset,
                                     {editor.constant(node.inputs[0]), editor.constant(node.inputs[1]), &bytes,
                                      editor.constant(node.inputs[i + 1]), editor.constant(node.inputs[i + 2])})[0];
    concat.inputs.push_back(node.inputs[i]);
    if (!is_identity_table(table, type)) tables.emplace_back(concat.inputs.size() - 1, std::move(table));
  }
  if (tables.empty()) {
    editor.replace(index, std::move(concat));
    return;
  }
  // The first table stands where the node stood, the others and the Concat behind it.
  std::vector<Node> nodes;
  for (auto& [part, table] : tables) {
    const auto made = editor.add_value(derived_name(editor, node.outputs[0], "part" + std::to_string(part)));
    nodes.push_back(table_node(editor, node.name, concat.inputs[part], std::move(table), made));
    concat.inputs[part] = made;
  }
  for (std::size_t i = 1; i < nodes.size(); ++i) last = editor.insert_behind(index, std::move(nodes[i]));
  editor.insert_behind(last, std::move(concat));
  editor.replace(index, std::move(nodes[0]));
}

}  // namespace

void join_quantised(GraphEditor& editor) {
  join_equal(editor);
  for (const auto index : editor.order()) {
    if (!editor.alive(index)) continue;
    if (is(editor.node(index), "QuantizeLinear"))
      join_at(editor, index);
    else if (!to_table(editor, index)) {
      split_concat(editor, index);
      move_bytes(editor, index);
    }
  }
}

}  // namespace mien::runtime
