// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/runtime/engine/int8_weights.h"
#include "mien/runtime/engine/post_ops.h"

namespace mien::runtime::engine {

namespace {

using memory = dnnl::memory;

bool fits_linear(const Builder& b, const Node& node) {
  return node.domain == "mien" && node.op == "Linear" && b.constant(node.inputs[1]) && b.type(node.inputs[0]) == DataType::f32 &&
         graph::element_count(b.dims(node.outputs[0])) > 0 && graph::element_count(b.dims(node.inputs[0])) > 0;
}

/// oneDNN multiplies many rows faster as a convolution of pixels, and few as a product: its inner product spreads rows badly over
/// threads, its convolution has none to spread.
MatrixView best_view(std::int64_t rows) {
  constexpr std::int64_t many = 32;
  return has_wide_vectors() && rows >= many ? MatrixView::pixels : MatrixView::matrix;
}

struct LinearCall {
  memory::desc source, bias, result;
  std::int64_t k, n;
  memory::data_type weights;
  dnnl::primitive_attr attributes;
};

dnnl::inner_product_forward::primitive_desc inner_product(const LinearCall& c) {
  using dnnl::inner_product_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
  const memory::desc weights({c.n, c.k}, c.weights, memory::format_tag::any);
  const auto desc = c.bias ? inner_product_forward::desc(kind, c.source, weights, c.bias, c.result)
                           : inner_product_forward::desc(kind, c.source, weights, c.result);
  return {desc, c.attributes, cpu()};
}

dnnl::convolution_forward::primitive_desc convolution_of_pixels(const LinearCall& c) {
  using dnnl::convolution_forward;
  const auto kind = dnnl::prop_kind::forward_inference;
  const auto direct = dnnl::algorithm::convolution_direct;
  const memory::desc weights({c.n, c.k, 1, 1}, c.weights, memory::format_tag::any);
  const memory::dims one = {1, 1}, none = {0, 0};
  const auto desc = c.bias ? convolution_forward::desc(kind, direct, c.source, weights, c.bias, c.result, one, none, none)
                           : convolution_forward::desc(kind, direct, c.source, weights, c.result, one, none, none);
  return {desc, c.attributes, cpu()};
}

/// x[..., K] * weights[K,N] + bias[N]; the weights may lie as [N,K].
bool lower_linear(Builder& b, const Node& node) {
  const auto& w = b.dims(node.inputs[1]);
  const bool transposed = node.integer("transposed", 0) != 0;
  const std::int64_t k = w[transposed ? 1 : 0], n = w[transposed ? 0 : 1];
  const std::int64_t rows = graph::element_count(b.dims(node.inputs[0])) / k;
  const auto view = best_view(rows);
  const bool int8 = b.precision().is_int8(node);
  const auto source = b.get(node.inputs[0], int8 ? b.precision().format_of(node.inputs[0]) : b.precision().low_precision());
  const auto* bias = b.constant(node.input(2));
  const auto format = has_slopes(node) ? b.float_format(node.outputs[0]) : b.precision().format_of(node.outputs[0]);
  auto post = make_matrix_post_ops(b, node, format, view);

  LinearCall call{describe_matrix(rows, k, source.format.storage, view),
                  bias ? describe({n}, {}) : memory::desc(),
                  describe_matrix(rows, n, post.result.format.storage, view),
                  k,
                  n,
                  int8 ? memory::data_type::s8 : dnnl_type(source.format.storage, DataType::f32),
                  with_user_scratchpad(post.ops)};
  std::vector<float> scales;
  if (int8) {
    const auto& values = b.constant_values(node.inputs[1]);
    scales = transposed ? channel_scales(values, n) : column_scales(values);
    auto factors = scales;
    for (auto& f : factors) f *= source.format.scale;
    call.attributes.set_output_scales(1 << 1, factors);
  }
  const auto finish = [&](const auto& pd) {
    Dims dims = {n, k}, steps = transposed ? Dims{k, 1} : Dims{1, n};
    if (view == MatrixView::pixels) dims.resize(4, 1), steps.resize(4, 1);
    std::vector<Argument> arguments = {{DNNL_ARG_SRC, source, call.source}, {DNNL_ARG_DST, post.result, call.result}};
    arguments.emplace_back(DNNL_ARG_WEIGHTS,
                           b.weights(node.inputs[1], describe_strided(dims, steps), pd.weights_desc(), scales, 1 << 0));
    if (bias)
      arguments.emplace_back(DNNL_ARG_BIAS, b.numbers(scaled_bias(bias->floats(), scales, source.format.scale), call.bias));
    arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
    b.emit(fmt::format("Linear {}->{}{}", k, n, post.text), pd, std::move(arguments), post.result.dims,
           2e-9 * static_cast<double>(rows * k * n));
  };
  if (view == MatrixView::pixels)
    finish(convolution_of_pixels(call));
  else
    finish(inner_product(call));
  emit_slopes(b, post);
  return true;
}

/// The second factor row by row; or column by column where that takes no copy, or one that keeps what lies together together.
Operand second_factor(Builder& b, ValueId id, Format format) {
  const auto seen = b.look(id);
  const auto rank = seen.dims.size();
  if (seen.strides.empty() || seen.strides[rank - 1] == 1 || seen.strides[rank - 2] != 1) return b.get(id, format);
  Dims turned = seen.dims;
  std::swap(turned[rank - 2], turned[rank - 1]);
  auto strides = row_major_strides(turned);
  std::swap(strides[rank - 2], strides[rank - 1]);
  return b.get_strided(id, format, strides);
}

/// Strides of a stack of matrices that the Transpose behind it, which keeps rows whole, finds in row-major order; nullopt when
/// something else reads it, or the post operations look at other values.
std::optional<Dims> order_for_transpose(const Builder& b, const Node& node) {
  const auto* reader = b.only_reader(node.outputs[0]);
  if (!reader || reader->op != "Transpose" || !reader->domain.empty() || !reader->post.empty()) return std::nullopt;
  if (!std::all_of(node.post.begin(), node.post.end(), is_activation)) return std::nullopt;
  const auto order = reader->integers("perm");
  if (order.empty() || order.back() != static_cast<std::int64_t>(order.size()) - 1) return std::nullopt;
  const auto wanted = row_major_strides(b.dims(reader->outputs[0]));
  Dims strides(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) strides[static_cast<std::size_t>(order[i])] = wanted[i];
  return strides;
}

PostOps matmul_result(Builder& b, const Node& node, Format format) {
  auto strides = order_for_transpose(b, node);
  if (!strides) return make_post_ops(b, node, format);
  PostOps post;
  post.result = b.make_strided(node.outputs[0], format, std::move(*strides));
  for (const auto& p : node.post) {
    append_activation(post.ops, p);
    post.text += std::string(" + ") + name_of(p.kind);
  }
  return post;
}

/// Ones in front of the dims of a stack of matrices, so that it broadcasts to a product of this rank.
memory::desc as_stack(const Operand& operand, std::size_t rank) {
  auto steps = operand.steps();
  steps.insert(steps.begin(), rank - steps.size(), graph::element_count(operand.dims));
  return describe_strided(with_rank(operand.dims, rank), steps, dnnl_type(operand.format.storage, operand.type));
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
  const auto left = b.get(node.inputs[0], low), right = second_factor(b, node.inputs[1], low);
  const auto post = matmul_result(b, node, b.float_format(node.outputs[0]));
  auto attributes = with_user_scratchpad(post.ops);
  const auto a = as_stack(left, rank), c = as_stack(right, rank), y = post.result.desc();
  const dnnl::matmul::primitive_desc pd(dnnl::matmul::desc(a, c, y), attributes, cpu());
  std::vector<Argument> arguments = {{DNNL_ARG_SRC, left, a}, {DNNL_ARG_WEIGHTS, right, c}, {DNNL_ARG_DST, post.result, y}};
  arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
  b.emit("MatMul" + post.text, pd, std::move(arguments), post.result.dims,
         2e-9 * static_cast<double>(graph::element_count(post.result.dims) * x.back()));
  emit_slopes(b, post);
  return true;
}

}  // namespace

bool lower_matrix_product(Builder& b, const Node& node) {
  if (fits_linear(b, node)) return lower_linear(b, node);
  return node.domain.empty() && node.op == "MatMul" && lower_matmul(b, node);
}

}  // namespace mien::runtime::engine
