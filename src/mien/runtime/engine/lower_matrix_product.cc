// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/runtime/engine/int8_weights.h"
#include "mien/runtime/engine/post_ops.h"

namespace mien::runtime::engine {

namespace {

using memory = dnnl::memory;

memory::desc as_matrix(const Operand& operand, std::int64_t rows, std::int64_t columns) {
  return describe({rows, columns}, operand.format, operand.type);
}

bool fits_linear(const Builder& b, const Node& node) {
  return node.domain == "mien" && node.op == "Linear" && b.constant(node.inputs[1]) && b.type(node.inputs[0]) == DataType::f32 &&
         graph::element_count(b.dims(node.outputs[0])) > 0 && graph::element_count(b.dims(node.inputs[0])) > 0;
}

/// x[..., K] * weights[K,N] + bias[N].
bool lower_linear(Builder& b, const Node& node) {
  const auto& w = b.dims(node.inputs[1]);
  const std::int64_t k = w[0], n = w[1], rows = graph::element_count(b.dims(node.inputs[0])) / k;
  const bool int8 = b.precision().is_int8(node);
  const auto source = b.get(node.inputs[0], int8 ? b.precision().format_of(node.inputs[0]) : b.precision().low_precision());
  const auto* bias = b.constant(node.input(2));
  auto post = make_post_ops(b, node, b.precision().format_of(node.outputs[0]));

  auto attributes = with_user_scratchpad(post.ops);
  std::vector<float> scales;
  if (int8) {
    scales = column_scales(b.constant_values(node.inputs[1]));
    auto factors = scales;
    for (auto& f : factors) f *= source.format.scale;
    attributes.set_output_scales(1 << 1, factors);
  }
  const auto x = as_matrix(source, rows, k), y = as_matrix(post.result, rows, n);
  const memory::desc weights({n, k}, int8 ? memory::data_type::s8 : dnnl_type(source.format.storage, DataType::f32),
                             memory::format_tag::any);
  const auto bias_desc = describe({n}, {});
  using dnnl::inner_product_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
  const auto desc =
      bias ? inner_product_forward::desc(kind, x, weights, bias_desc, y) : inner_product_forward::desc(kind, x, weights, y);
  const inner_product_forward::primitive_desc pd(desc, attributes, cpu());

  std::vector<Argument> arguments = {{DNNL_ARG_SRC, source, x}, {DNNL_ARG_DST, post.result, y}};
  arguments.emplace_back(DNNL_ARG_WEIGHTS,
                         b.weights(node.inputs[1], describe_strided({n, k}, {1, n}), pd.weights_desc(), scales, 1 << 0));
  if (bias) arguments.emplace_back(DNNL_ARG_BIAS, b.numbers(scaled_bias(bias->floats(), scales, source.format.scale), bias_desc));
  arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
  b.emit(fmt::format("Linear {}->{}{}", k, n, post.text), pd, std::move(arguments), post.result.dims,
         2e-9 * static_cast<double>(rows * k * n));
  return true;
}

/// A product of two computed matrices (or stacks of them), as in attention.
bool lower_matmul(Builder& b, const Node& node) {
  const auto& x = b.dims(node.inputs[0]);
  const auto& w = b.dims(node.inputs[1]);
  const auto rank = b.dims(node.outputs[0]).size();
  if (x.size() < 2 || w.size() < 2 || b.type(node.outputs[0]) != DataType::f32 ||
      graph::element_count(b.dims(node.outputs[0])) == 0 || x.back() == 0)
    return false;
  const auto low = b.precision().low_precision();
  const auto left = b.get(node.inputs[0], low), right = b.get(node.inputs[1], low);
  const auto post = make_post_ops(b, node, b.float_format(node.outputs[0]));
  auto attributes = with_user_scratchpad(post.ops);
  const auto a = describe(with_rank(x, rank), left.format), c = describe(with_rank(w, rank), right.format),
             y = post.result.desc();
  const dnnl::matmul::primitive_desc pd(dnnl::matmul::desc(a, c, y), attributes, cpu());
  std::vector<Argument> arguments = {{DNNL_ARG_SRC, left, a}, {DNNL_ARG_WEIGHTS, right, c}, {DNNL_ARG_DST, post.result, y}};
  arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
  b.emit("MatMul" + post.text, pd, std::move(arguments), post.result.dims,
         2e-9 * static_cast<double>(graph::element_count(post.result.dims) * x.back()));
  return true;
}

}  // namespace

bool lower_matrix_product(Builder& b, const Node& node) {
  if (fits_linear(b, node)) return lower_linear(b, node);
  return node.domain.empty() && node.op == "MatMul" && lower_matmul(b, node);
}

}  // namespace mien::runtime::engine
