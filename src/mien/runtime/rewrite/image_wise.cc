// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/image_wise.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "mien/runtime/rewrite/node_facts.h"

namespace mien::runtime {

namespace {

using graph::Dims;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

/// All rows of the tensor hold the same numbers.
bool rows_are_equal(const Tensor& tensor) {
  if (!tensor.has_data() || tensor.dims().empty() || tensor.dims()[0] <= 0) return false;
  const std::size_t row = tensor.bytes() / static_cast<std::size_t>(tensor.dims()[0]);
  for (std::size_t at = row; at < tensor.bytes(); at += row)
    if (std::memcmp(tensor.raw(), tensor.raw() + at, row) != 0) return false;
  return true;
}

bool same_but_for_rows(const Dims& a, const Dims& b) {
  return a.size() == b.size() && !a.empty() && std::equal(a.begin() + 1, a.end(), b.begin() + 1);
}

/// The same numbers, or the same row as often as there are rows.
bool same_in_every_row(const Tensor& a, const Tensor& b) {
  if (a.type() != b.type() || !a.has_data() || !b.has_data()) return false;
  if (a.dims() == b.dims()) return std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
  return same_but_for_rows(a.dims(), b.dims()) && rows_are_equal(a) && rows_are_equal(b) &&
         std::memcmp(a.raw(), b.raw(), a.bytes() / static_cast<std::size_t>(a.dims()[0])) == 0;
}

/// Follows the rows through a graph for one number of rows.
class RowsOf {
 public:
  explicit RowsOf(const TypedGraph& typed) : typed_(typed), images_(typed.graph.values.size(), false) {}

  /// Every node keeps rows apart and every output has them.
  bool stay_apart() {
    for (const auto& port : typed_.graph.inputs) {
      const Dims& d = dims(port.value);
      if (d.empty() || (rows_ >= 0 && d[0] != rows_)) return false;
      rows_ = d[0];
      images_[index(port.value)] = true;
    }
    return rows_ > 0 &&
           std::all_of(typed_.graph.nodes.begin(), typed_.graph.nodes.end(), [this](const Node& node) { return take(node); }) &&
           std::all_of(typed_.graph.outputs.begin(), typed_.graph.outputs.end(),
                       [this](const graph::Port& port) { return is_image(port.value); });
  }

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }
  const Dims& dims(ValueId id) const { return typed_.types[index(id)].dims; }
  std::int64_t rank(ValueId id) const { return static_cast<std::int64_t>(dims(id).size()); }
  const Tensor* constant(ValueId id) const { return typed_.graph.constant(id); }
  bool is_image(ValueId id) const { return id != no_value && images_[index(id)]; }

  bool take(const Node& node) {
    const bool any = std::any_of(node.inputs.begin(), node.inputs.end(), [this](ValueId id) { return is_image(id); });
    if (any && !keeps_rows(node)) return false;
    const bool repeats = !any && is(node, "Expand") && !dims(node.outputs[0]).empty() && dims(node.outputs[0])[0] == rows_ &&
                         (rank(node.input(0)) < rank(node.outputs[0]) || dims(node.input(0))[0] == 1);
    for (const auto output : node.outputs) {
      if (output == no_value) continue;
      images_[index(output)] = any || repeats;
      if (any && (dims(output).empty() || dims(output)[0] != rows_)) return false;
    }
    return true;
  }

  /// The other operands are the same for every row: constants, and what is made of them.
  bool only_first_is_image(const Node& node) const {
    return is_image(node.input(0)) &&
           std::none_of(node.inputs.begin() + 1, node.inputs.end(), [this](ValueId id) { return is_image(id); });
  }

  /// An operand that broadcasts to a result of this rank: it has all rows, or one that serves all.
  bool broadcasts(ValueId id, std::int64_t result_rank) const {
    if (id == no_value) return true;
    if (is_image(id)) return rank(id) == result_rank;
    return rank(id) < result_rank || dims(id)[0] == 1;
  }
  bool all_broadcast(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(),
                       [&](ValueId id) { return broadcasts(id, rank(node.outputs[0])); });
  }

  /// An operand that is put beside others.
  bool has_rows(ValueId id) const {
    if (is_image(id)) return true;
    const Tensor* tensor = constant(id);
    return tensor && !tensor->dims().empty() && tensor->dims()[0] == rows_ && rows_are_equal(*tensor);
  }

  /// An axis that is not that of the rows.
  bool is_inner(std::int64_t axis, ValueId value) const { return (axis < 0 ? axis + rank(value) : axis) > 0; }
  bool axis_is_inner(const Node& node, std::int64_t otherwise) const {
    return only_first_is_image(node) && is_inner(node.integer("axis", otherwise), node.input(0));
  }
  bool axes_are_inner(const std::vector<std::int64_t>& axes, ValueId value) const {
    return !axes.empty() && std::all_of(axes.begin(), axes.end(), [&](std::int64_t axis) { return is_inner(axis, value); });
  }
  /// Axes of an attribute, or of a constant input.
  bool named_axes_are_inner(const Node& node, std::size_t position) const {
    if (!only_first_is_image(node)) return false;
    auto axes = node.integers("axes");
    if (const Tensor* given = constant(node.input(position)); given && given->has_data()) axes = given->integers();
    return axes_are_inner(axes, node.input(0));
  }

  bool keeps_rows(const Node& node) const {
    const auto reads_more = [](const graph::PostOp& post) { return post.other != no_value; };
    if (std::any_of(node.post.begin(), node.post.end(), reads_more)) return false;
    if (node.domain == "mien")
      return only_first_is_image(node) &&
             (node.op == "ScaleShift" || node.op == "Table" || (node.op == "Linear" && rank(node.input(0)) >= 2));
    if (node.domain == "com.microsoft") return keeps_rows_of_microsoft(node);
    if (!node.domain.empty() && node.domain != "ai.onnx") return false;
    return keeps_rows_of_onnx(node);
  }

  bool keeps_rows_of_microsoft(const Node& node) const {
    if (node.op == "QLinearAdd" || node.op == "QLinearMul") return all_broadcast(node);
    if (!only_first_is_image(node)) return false;
    if (node.op == "QGemm")
      return node.integer("transA", 0) == 0 && (node.input(6) == no_value || broadcasts(node.input(6), 2));
    return node.op == "Gelu" || node.op == "QLinearGlobalAveragePool";
  }

  /// One scale for all, or one for each slice along an axis that is not that of the rows.
  bool is_scaled_alike(const Node& node) const {
    if (!only_first_is_image(node)) return false;
    const Dims& scale = dims(node.input(1));
    return scale.empty() || scale == Dims{1} || axis_is_inner(node, 1);
  }

  bool keeps_rows_of_onnx(const Node& node) const {
    static const std::set<std::string> value_by_value{
        "Abs",  "Acos",   "Asin",       "Atan",    "Cast",     "Ceil",      "Celu",        "Clip",        "Cos",
        "Cosh", "Elu",    "Erf",        "Exp",     "Floor",    "HardSwish", "HardSigmoid", "Identity",    "IsInf",
        "IsNaN", "LeakyRelu", "Log",    "Mish",    "Neg",      "Not",       "Reciprocal",  "Relu",        "Round",
        "Selu", "Sigmoid", "Sign",      "Sin",     "Sinh",     "Softplus",  "Softsign",    "Sqrt",        "Tan",
        "Tanh", "ThresholdedRelu"};
    static const std::set<std::string> broadcasting{"Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less",
                                                    "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow",
                                                    "Sub", "Sum", "Where", "Xor"};
    static const std::set<std::string> image_operators{
        "AveragePool",  "BatchNormalization",    "Conv", "ConvTranspose", "DepthToSpace", "GlobalAveragePool", "GlobalMaxPool",
        "GlobalLpPool", "InstanceNormalization", "LRN",  "SpaceToDepth"};
    const auto one_output = node.outputs.size() == 1;
    if (value_by_value.contains(node.op) || (node.op == "Dropout" && one_output)) return only_first_is_image(node);
    if (broadcasting.contains(node.op)) return all_broadcast(node);
    if (image_operators.contains(node.op)) return one_output && only_first_is_image(node);
    if (node.op == "MaxPool") return one_output && only_first_is_image(node);  // the second holds positions in the whole batch
    if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear") return is_scaled_alike(node);
    if (node.op == "QLinearConv") return only_first_is_image(node);
    if (node.op == "QLinearMatMul")
      return only_first_is_image(node) && rank(node.input(0)) >= 2 && rank(node.input(3)) == 2;
    if (node.op == "Gemm") return gemm(node);
    if (node.op == "MatMul") return product(node);
    return moves_within_rows(node) || works_along_inner_axes(node);
  }

  bool gemm(const Node& node) const {
    return only_first_is_image(node) && node.integer("transA", 0) == 0 && broadcasts(node.input(2), 2);
  }

  bool product(const Node& node) const {
    const ValueId a = node.input(0), b = node.input(1);
    if (is_image(a) && is_image(b)) return rank(a) == rank(b) && rank(a) >= 3;
    if (is_image(a)) return rank(a) >= 2 && (rank(b) < rank(a) || (rank(a) == 2 && rank(b) == 2) || dims(b)[0] == 1);
    return rank(b) >= 3 && (rank(a) < rank(b) || dims(a)[0] == 1);
  }

  bool moves_within_rows(const Node& node) const {
    // Row-major: with as many rows as before, every row keeps its own numbers (take() compares).
    if (node.op == "Reshape" || node.op == "Flatten" || node.op == "Squeeze" || node.op == "Unsqueeze")
      return only_first_is_image(node) && !dims(node.outputs[0]).empty() && dims(node.outputs[0])[0] == rows_;
    if (node.op == "Transpose") return node.integers("perm", {-1}).front() == 0;
    if (node.op == "Concat")
      return is_inner(node.integer("axis", 0), node.outputs[0]) &&
             std::all_of(node.inputs.begin(), node.inputs.end(), [this](ValueId id) { return has_rows(id); });
    if (node.op == "Split" || node.op == "Gather") return axis_is_inner(node, 0);
    if (node.op == "Slice") return named_axes_are_inner(node, 3);
    if (node.op == "Pad") return pads_within_rows(node);
    if (node.op == "Resize" || node.op == "Upsample")
      return only_first_is_image(node) && node.text("coordinate_transformation_mode", "") != "tf_crop_and_resize";
    return false;
  }

  bool pads_within_rows(const Node& node) const {
    if (!only_first_is_image(node) || node.inputs.size() > 3) return false;
    auto pads = node.integers("pads");
    if (const Tensor* given = constant(node.input(1)); given && given->has_data()) pads = given->integers();
    return static_cast<std::int64_t>(pads.size()) == 2 * rank(node.input(0)) && pads[0] == 0 && pads[pads.size() / 2] == 0;
  }

  bool works_along_inner_axes(const Node& node) const {
    if (node.op == "Softmax" || node.op == "LogSoftmax") return axis_is_inner(node, typed_.graph.opset < 13 ? 1 : -1);
    if (node.op == "LayerNormalization") return node.outputs.size() == 1 && axis_is_inner(node, -1);
    if (node.op == "LpNormalization") return axis_is_inner(node, -1);
    if (node.op == "ArgMax" || node.op == "ArgMin") return axis_is_inner(node, 0);
    return node.op.rfind("Reduce", 0) == 0 && named_axes_are_inner(node, 1);
  }

  const TypedGraph& typed_;
  std::vector<bool> images_;  ///< by ValueId: dim 0 is that of the rows
  std::int64_t rows_ = -1;
};

/// Operands that say how a result is cut up; what they come to is seen in its dims.
bool is_shape_operand(const Node& node, std::size_t input) {
  return ((node.op == "Reshape" || node.op == "Expand") && input == 1) || (node.op == "Resize" && input == 3);
}

/// The number of rows shows in nothing but the number of rows.
bool same_work_a_row(const graph::Graph& network, const TypedGraph& many, const TypedGraph& few) {
  if (many.graph.nodes.size() != few.graph.nodes.size()) return false;
  const auto same_operand = [&](ValueId a, ValueId b) {
    const Tensor *x = many.graph.constant(a), *y = few.graph.constant(b);
    if (!x && !y) return a == b;
    return x && y && ((a == b && network.constant(a)) || same_in_every_row(*x, *y));
  };
  for (std::size_t n = 0; n < many.graph.nodes.size(); ++n) {
    const Node &a = many.graph.nodes[n], &b = few.graph.nodes[n];
    if (a.op != b.op || a.domain != b.domain || a.name != b.name || a.outputs != b.outputs || a.inputs.size() != b.inputs.size())
      return false;
    for (std::size_t i = 0; i < a.inputs.size(); ++i)
      if (!is_shape_operand(a, i) && !same_operand(a.inputs[i], b.inputs[i])) return false;
    for (const auto output : a.outputs)
      if (output != no_value && !same_but_for_rows(many.types[static_cast<std::size_t>(output)].dims,
                                                   few.types[static_cast<std::size_t>(output)].dims))
        return false;
  }
  return std::equal(many.graph.outputs.begin(), many.graph.outputs.end(), few.graph.outputs.begin(), few.graph.outputs.end(),
                    [](const auto& a, const auto& b) { return a.value == b.value; });
}

}  // namespace

bool works_image_by_image(const graph::Graph& network, const TypedGraph& many, const TypedGraph& few) {
  return RowsOf(many).stay_apart() && RowsOf(few).stay_apart() && same_work_a_row(network, many, few);
}

}  // namespace mien::runtime
