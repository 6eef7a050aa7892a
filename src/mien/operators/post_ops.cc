// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/operators/post_ops.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "mien/base/error.h"
#include "mien/operators/broadcasting.h"
#include "mien/operators/checks.h"

namespace mien::operators {

namespace {

using Kind = graph::PostOp::Kind;

[[noreturn]] void fail(const Node& node, const std::string& what) {
  throw Error(ErrorCode::bad_file, node.label() + ": " + what);
}

void combine(const Node& node, Kind kind, Tensor& result, const Tensor& operand) {
  if (broadcast_dims(result.dims(), operand.dims()) != result.dims())
    fail(node,
         "post operand " + graph::text_of(operand.dims()) + " does not broadcast to the result " + graph::text_of(result.dims()));
  if (kind == Kind::add)
    broadcast_map<float, float>(result, operand, result, std::plus<float>());
  else
    broadcast_map<float, float>(result, operand, result, std::multiplies<float>());
}

void apply_prelu(const Node& node, Tensor& result, const Tensor& slopes) {
  const Dims& dims = result.dims();
  if (dims.size() < 2) fail(node, "prelu needs a result with channels, found " + graph::text_of(dims));
  if (slopes.size() != 1 && slopes.size() != dims[1])
    fail(node, "prelu has " + std::to_string(slopes.size()) + " slopes for " + std::to_string(dims[1]) + " channels");
  const std::int64_t inner = count_between(dims, 2, dims.size());
  float* value = result.values<float>().data();
  for (std::int64_t n = 0; n < dims[0]; ++n)
    for (std::int64_t c = 0; c < dims[1]; ++c) {
      const float slope = slopes.values<float>()[slopes.size() == 1 ? 0 : static_cast<std::size_t>(c)];
      for (std::int64_t i = 0; i < inner; ++i, ++value)
        if (*value < 0) *value *= slope;
    }
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

template <typename T>
void clip_bytes(const graph::PostOp& op, Tensor& result) {
  for (T& value : result.values<T>()) value = std::clamp(value, static_cast<T>(op.alpha), static_cast<T>(op.beta));
}

/// Bytes are clipped at bytes: what Relu and Clip behind a quantised layer come to.
void apply_to_bytes(const Node& node, Tensor& result) {
  for (const auto& op : node.post) {
    if (op.kind != Kind::clip) fail(node, "post operations on bytes are clips");
    if (result.type() == DataType::u8)
      clip_bytes<std::uint8_t>(op, result);
    else
      clip_bytes<std::int8_t>(op, result);
  }
}

}  // namespace

float apply_elementwise(const graph::PostOp& op, float x) {
  switch (op.kind) {
    case Kind::relu: return std::max(x, 0.0f);
    case Kind::leaky_relu: return x < 0 ? op.alpha * x : x;
    case Kind::clip: return std::min(std::max(x, op.alpha), op.beta);
    case Kind::sigmoid: return sigmoid(x);
    case Kind::hard_sigmoid: return std::clamp(op.alpha * x + op.beta, 0.0f, 1.0f);
    case Kind::hard_swish: return x * std::clamp(x / 6 + 0.5f, 0.0f, 1.0f);
    case Kind::swish: return x * sigmoid(op.alpha * x);
    case Kind::tanh: return std::tanh(x);
    case Kind::gelu_erf: return 0.5f * x * (1 + std::erf(x / std::numbers::sqrt2_v<float>));
    case Kind::elu: return x < 0 ? op.alpha * std::expm1(x) : x;
    case Kind::linear: return op.alpha * x + op.beta;
    default: return x;
  }
}

void apply_post_ops(const Node& node, Tensor& result, const std::vector<const Tensor*>& operands) {
  if (node.post.empty() || result.size() == 0) return;
  if (result.type() == DataType::u8 || result.type() == DataType::i8) return apply_to_bytes(node, result);
  if (result.type() != DataType::f32)
    fail(node, std::string("post operations need f32, the result is ") + graph::name_of(result.type()));
  for (std::size_t i = 0; i < node.post.size(); ++i) {
    const graph::PostOp& op = node.post[i];
    if (op.kind != Kind::prelu && op.kind != Kind::add && op.kind != Kind::multiply) {
      for (float& value : result.values<float>()) value = apply_elementwise(op, value);
      continue;
    }
    const Tensor* operand = i < operands.size() ? operands[i] : nullptr;
    if (!operand || operand->type() != DataType::f32) fail(node, "post operation " + std::to_string(i) + " needs an f32 operand");
    if (op.kind == Kind::prelu)
      apply_prelu(node, result, *operand);
    else
      combine(node, op.kind, result, *operand);
  }
}

}  // namespace mien::operators
