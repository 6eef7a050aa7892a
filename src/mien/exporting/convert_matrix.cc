// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "mien/exporting/conversion.h"

// Linear layers, matrix products and what attention is made of.
namespace mien::exporting {
namespace {

/// x W^T + b over the last axis.
void convert_linear(Conversion& c) {
  const TracedTensor& weight = c.tensor("weight");
  c.builder().enter_module_of(weight.name);
  const ValueId x = c.value("input");
  if (c.rank("input") == 2)
    return c.result(
        c.add_owner("Gemm", {x, c.value("weight"), c.value_or_none("bias")}, {{"transB", std::int64_t{1}}}, "weight"));
  const ValueId transposed = weight.constant.defined()
                                 ? c.builder().constant(weight.name + ".transposed", to_graph_tensor(weight.constant.t()))
                                 : c.add("Transpose", {c.value("weight")}, {{"perm", std::vector<std::int64_t>{1, 0}}});
  ValueId y = c.add("MatMul", {x, transposed});
  if (c.has("bias")) y = c.add("Add", {y, c.value("bias")});
  c.result(y);
}

/// The matrix whose transpose `value` is; no_value when it is no transposed matrix.
ValueId untransposed(Conversion& c, ValueId value) {
  const graph::Node* maker = c.builder().producer(value);
  const bool transpose =
      maker != nullptr && maker->op == "Transpose" && maker->integers("perm") == std::vector<std::int64_t>{1, 0};
  return transpose ? maker->input(0) : graph::no_value;
}

const std::string& name_of(Conversion& c, ValueId value) {
  return c.builder().graph().values[static_cast<std::size_t>(value)].name;
}

graph::Tensor transposed(const graph::Tensor& matrix) {
  const std::int64_t rows = matrix.dims().at(0), columns = matrix.dims().at(1);
  graph::Tensor out(graph::DataType::f32, {columns, rows});
  const auto from = matrix.values<float>();
  auto to = out.values<float>();
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t k = 0; k < columns; ++k)
      to[static_cast<std::size_t>(k * rows + r)] = from[static_cast<std::size_t>(r * columns + k)];
  return out;
}

/// A linear layer of more than two dims is written x.matmul(weight.t()): the weight is stored transposed.
void convert_product(Conversion& c) {
  const ValueId left = c.value("self");
  ValueId right = c.value(c.has("mat2") ? "mat2" : "other");
  if (const ValueId weight = untransposed(c, right); c.builder().graph().constant(weight) != nullptr) {
    const std::string name = name_of(c, weight);
    c.builder().enter_module_of(name);
    right = c.builder().constant(name + ".transposed", transposed(*c.builder().graph().constant(weight)));
  }
  c.result(c.add("MatMul", {left, right}));
}

/// beta self + alpha mat1 mat2, which is also how a linear layer of two dims is written, with mat2 = weight.t().
void convert_addmm(Conversion& c) {
  Attributes attributes;
  if (c.real_or("alpha", 1) != 1) attributes["alpha"] = static_cast<float>(c.real("alpha"));
  if (c.real_or("beta", 1) != 1) attributes["beta"] = static_cast<float>(c.real("beta"));
  const ValueId left = c.value("mat1"), right = c.value("mat2"), weight = untransposed(c, right);
  if (weight == graph::no_value) return c.result(c.add("Gemm", {left, right, c.value("self")}, std::move(attributes)));
  attributes["transB"] = std::int64_t{1};
  const bool owner = c.builder().graph().constant(weight) != nullptr;
  if (owner) c.builder().enter_module_of(name_of(c, weight));
  c.result(c.builder().add("Gemm", {left, weight, c.value("self")}, std::move(attributes), 1, owner)[0]);
}

/// beta self + alpha batch1 batch2, with a batch of matrices
void convert_baddbmm(Conversion& c) {
  const ValueId left = c.value("batch1");
  ValueId product = c.add("MatMul", {left, c.value("batch2")});
  if (c.real_or("alpha", 1) != 1) product = c.add("Mul", {product, c.scalar(c.real("alpha"))});
  if (c.real_or("beta", 1) == 0) return c.result(product);
  ValueId added = c.value("self");
  if (c.real_or("beta", 1) != 1) added = c.add("Mul", {added, c.scalar(c.real("beta"))});
  c.result(c.add("Add", {product, added}));
}

/// softmax(q k^T / sqrt d + mask) v
void convert_attention(Conversion& c) {
  if (c.real_or("dropout_p", 0) != 0 || c.flag("is_causal")) c.refuse("dropout and causal masks are not known");
  const std::int64_t rank = c.rank("key");
  std::vector<std::int64_t> swapped;
  for (std::int64_t i = 0; i < rank; ++i) swapped.push_back(i < rank - 2 ? i : 2 * rank - 3 - i);
  const double scale = c.real_or("scale", 1 / std::sqrt(static_cast<double>(c.dim("query", -1))));
  const ValueId query = c.add("Mul", {c.value("query"), c.scalar(scale)});
  ValueId scores = c.add("MatMul", {query, c.add("Transpose", {c.value("key")}, {{"perm", swapped}})});
  if (c.has("attn_mask")) {
    if (c.tensor("attn_mask").type == torch::kBool) c.refuse("masks of flags are not known");
    scores = c.add("Add", {scores, c.value("attn_mask")});
  }
  c.result(c.add("MatMul", {c.add("Softmax", {scores}, {{"axis", std::int64_t{-1}}}), c.value("value")}));
}

}  // namespace

std::span<const Converter> matrix_converters() {
  static constexpr Converter table[] = {
      {"aten::addmm", convert_addmm},
      {"aten::baddbmm", convert_baddbmm},
      {"aten::bmm", convert_product},
      {"aten::linear", convert_linear},
      {"aten::matmul", convert_product},
      {"aten::mm", convert_product},
      {"aten::scaled_dot_product_attention", convert_attention},
  };
  return table;
}

}  // namespace mien::exporting
