// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/operators.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/operators/operator_groups.h"
#include "mien/operators/post_ops.h"

namespace mien::operators {

namespace {

using OperatorKey = std::pair<std::string_view, std::string_view>;  ///< domain, name

std::vector<Operator> gather_operators() {
  std::vector<Operator> all;
  for (const auto group :
       {convolution_operators, transposed_convolution_operators, pooling_operators, normalization_operators, softmax_operators,
        matrix_operators, resize_operators, depth_space_operators, quantization_operators, quantized_convolution_operators,
        quantized_matrix_operators, microsoft_operators, mien_operators, elementwise_operators, movement_operators,
        indexing_operators, reduction_operators, creation_operators}) {
    const auto operators = group();
    all.insert(all.end(), operators.begin(), operators.end());
  }
  std::sort(all.begin(), all.end(), [](const Operator& a, const Operator& b) {
    return std::tie(a.name, a.domain, a.since) < std::tie(b.name, b.domain, b.since);
  });
  return all;
}

/// For each operator its versions, oldest first.
const std::map<OperatorKey, std::vector<const Operator*>>& versions_by_key() {
  static const auto versions = [] {
    std::map<OperatorKey, std::vector<const Operator*>> result;
    for (const Operator& op : all_operators()) result[{op.domain, op.name}].push_back(&op);
    return result;
  }();
  return versions;
}

std::string_view canonical(std::string_view domain) { return domain == "ai.onnx" ? std::string_view{} : domain; }

[[noreturn]] void fail_unknown(const Node& node, int opset) {
  const std::string where = node.label() + ": ";
  const std::string full = node.domain.empty() ? node.op : node.domain + "." + node.op;
  const auto found = versions_by_key().find({canonical(node.domain), node.op});
  if (found != versions_by_key().end())
    throw Error(ErrorCode::bad_file,
                where + "operator '" + full + "' exists from opset " + std::to_string(found->second.front()->since) +
                    " on, the model says opset " + std::to_string(opset),
                "export the model with a higher opset, up to 18");
  std::vector<std::string> known;
  for (const auto& [key, versions] : versions_by_key())
    if (key.first == canonical(node.domain)) known.emplace_back(key.second);
  const std::string near = nearest_name(node.op, known);
  throw Error(ErrorCode::bad_file, where + "operator '" + full + "' is not supported",
              (near.empty() ? "" : "Did you mean '" + near + "'? ") +
                  std::string("Export the model in inference mode without this operator, or replace it by standard operators "
                              "of ONNX (opset 7 to 18)."));
}

const Operator& operator_of(const Node& node, int opset) {
  const Operator* op = find_operator(node.domain, node.op, opset);
  if (!op) fail_unknown(node, opset);
  return *op;
}

void check_outputs(const ShapeContext& ctx) {
  for (std::size_t i = 0; i < ctx.outputs.size(); ++i) {
    const Dims& dims = ctx.outputs[i].dims;
    std::int64_t count = 0;
    try {
      count = graph::element_count(dims);
    } catch (const Error& error) {
      ctx.fail("output " + std::to_string(i) + ": " + error.what());
    }
    if (count > max_output_elements)
      ctx.fail("output " + std::to_string(i) + " would have " + graph::text_of(dims) + " elements, the limit is 2^34");
  }
}

}  // namespace

const TensorType& ShapeContext::input(std::size_t i) const {
  if (!has(i)) fail("input " + std::to_string(i) + " is required and left out");
  return *inputs[i];
}

const Tensor& ShapeContext::constant(std::size_t i) const {
  if (i >= constants.size() || !constants[i])
    fail("input " + std::to_string(i) + " decides the output's shape and must be known before the network runs");
  return *constants[i];
}

void ShapeContext::fail(const std::string& what) const { throw Error(ErrorCode::bad_file, node.label() + ": " + what); }
void EvaluateContext::fail(const std::string& what) const { throw Error(ErrorCode::bad_file, node.label() + ": " + what); }

const Operator* find_operator(std::string_view domain, std::string_view name, int opset) {
  const auto found = versions_by_key().find({canonical(domain), name});
  if (found == versions_by_key().end()) return nullptr;
  if (!found->first.first.empty()) return found->second.back();  // other domains have versions of their own
  const Operator* best = nullptr;
  for (const Operator* op : found->second)
    if (op->since <= opset) best = op;
  return best;
}

const std::vector<Operator>& all_operators() {
  static const std::vector<Operator> all = gather_operators();
  return all;
}

std::vector<TensorType> infer_types(const Node& node, int opset, std::vector<std::optional<TensorType>> inputs,
                                    std::vector<const Tensor*> constants) {
  const Operator& op = operator_of(node, opset);
  ShapeContext ctx{node, opset, std::move(inputs), std::move(constants), std::vector<TensorType>(node.outputs.size())};
  if (node.outputs.empty()) ctx.fail("the node has no outputs");
  op.infer(ctx);
  check_outputs(ctx);
  return std::move(ctx.outputs);
}

std::vector<Tensor> evaluate(const Node& node, int opset, const std::vector<const Tensor*>& inputs,
                             const std::vector<const Tensor*>& post_operands) {
  std::vector<std::optional<TensorType>> types(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i]) types[i] = TensorType{inputs[i]->type(), inputs[i]->dims()};
  const auto outputs = infer_types(node, opset, std::move(types), inputs);
  EvaluateContext ctx{node, opset, inputs, {}};
  for (const TensorType& type : outputs) ctx.outputs.emplace_back(type.type, type.dims);
  // Where nothing is to be written nothing is computed: loops over the other dims of an empty tensor could take for ever.
  if (std::any_of(ctx.outputs.begin(), ctx.outputs.end(), [](const Tensor& output) { return output.size() > 0; }))
    operator_of(node, opset).evaluate(ctx);
  apply_post_ops(node, ctx.outputs[0], post_operands);
  return std::move(ctx.outputs);
}

}  // namespace mien::operators
