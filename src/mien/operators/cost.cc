// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace mien::operators {

namespace {

using Types = std::vector<std::optional<TensorType>>;

/// Product of the dims from `first` on, as a real number.
double product(const Dims& dims, std::size_t first = 0) {
  double result = 1;
  for (std::size_t i = first; i < dims.size(); ++i) result *= static_cast<double>(dims[i]);
  return result;
}

const Dims& dims_of(const Types& inputs, std::size_t i) {
  static const Dims none;
  return i < inputs.size() && inputs[i] ? inputs[i]->dims : none;
}

double last(const Dims& dims) { return dims.empty() ? 1 : static_cast<double>(dims.back()); }

/// Which input holds the second factor of an operator that multiplies, by name.
const std::map<std::string, std::size_t>& second_factors() {
  static const std::map<std::string, std::size_t> inputs = {
      {"Conv", 1},   {"ConvInteger", 1}, {"QLinearConv", 3},   {"ConvTranspose", 1}, {"Gemm", 1},
      {"MatMul", 1}, {"Linear", 1},      {"MatMulInteger", 1}, {"QLinearMatMul", 3}, {"QGemm", 3}};
  return inputs;
}

/// Products for one element of the result (of the input, for a transposed convolution).
double products_each(const Node& node, const Types& inputs, std::size_t second) {
  const auto& x = dims_of(inputs, 0);
  if (node.op.find("Conv") != std::string::npos) return product(dims_of(inputs, second), 1);
  if ((node.op == "Gemm" || node.op == "QGemm") && node.integer("transA", 0) != 0)
    return x.empty() ? 1 : static_cast<double>(x[0]);
  return last(x);
}

/// Input elements that one element of a pooling or of a normalisation over neighbours looks at.
double taps(const Node& node) {
  if (node.op == "LRN") return static_cast<double>(node.integer("size", 1));
  double result = 1;
  for (const auto size : node.integers("kernel_shape")) result *= static_cast<double>(size);
  return result;
}

double resize_taps(const Node& node, const TensorType& output) {
  const auto mode = node.text("mode", "nearest");
  const double each = mode == "cubic" ? 4 : mode == "linear" ? 2 : 1;
  return std::pow(each, std::min<double>(static_cast<double>(output.dims.size()), 3));
}

double comparisons(const Node& node, const Types& inputs) {
  const auto& x = dims_of(inputs, 0);
  if (node.op == "TopK") return product(x) * std::log2(2 + last(x));
  if (node.op != "NonMaxSuppression" || x.size() != 3) return 0;
  const auto& scores = dims_of(inputs, 1);  // [N, classes, boxes]; every box may meet every other
  return product(scores) * static_cast<double>(x[1]);
}

double window_steps(const Node& node, double elements, const std::vector<TensorType>& outputs) {
  if (node.op == "MaxPool" || node.op == "AveragePool" || node.op == "LRN") return elements * taps(node);
  if (node.op == "Resize" || node.op == "Upsample") return elements * resize_taps(node, outputs[0]);
  return 0;
}

}  // namespace

Cost cost_of(const Node& node, const Types& inputs, const std::vector<TensorType>& outputs) {
  Cost cost;
  for (const auto& output : outputs) cost.elements += product(output.dims);
  if (cost.elements == 0) return cost;  // nothing is computed
  cost.steps = cost.elements;
  for (const auto& input : inputs) cost.steps += input ? product(input->dims) : 0;
  cost.steps += window_steps(node, cost.elements, outputs) + comparisons(node, inputs);
  const auto factor = second_factors().find(node.op);
  if (factor != second_factors().end()) {
    const double each = products_each(node, inputs, factor->second);
    cost.products = each * (node.op == "ConvTranspose" ? product(dims_of(inputs, 0)) : product(outputs[0].dims));
  }
  return cost;
}

}  // namespace mien::operators
