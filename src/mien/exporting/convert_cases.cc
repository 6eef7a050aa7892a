// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/convert_cases.h"

#include <cmath>

namespace mien::exporting::testing {
namespace {

namespace F = torch::nn::functional;
using torch::Tensor;

/// Attention as networks write it: heads in a dim of their own.
Tensor attention(Probe& p, const Tensor& x) {
  const auto tokens = x.flatten(2).transpose(1, 2);                          // [N,64,3]
  const auto wide = torch::cat({tokens, tokens, tokens.slice(2, 0, 2)}, 2);  // [N,64,8]
  const auto q = p.linear(wide).view({x.size(0), 64, 2, 3}).permute({0, 2, 1, 3});
  const auto weights = torch::softmax(torch::matmul(q, q.transpose(-2, -1)) / std::sqrt(3.0), -1);
  return torch::matmul(weights, q).transpose(1, 2).reshape({x.size(0), 64, 6});
}

Tensor batched_product(Probe& p, const Tensor& x) {
  const auto left = x.reshape({x.size(0) * 3, 8, 8});
  return torch::baddbmm(p.matrix.unsqueeze(0), left, left.transpose(1, 2), 0.5, 2).view({x.size(0), 3, 64});
}

Tensor shuffle(Probe&, const Tensor& x) {
  const auto y = torch::cat({x, x * 2}, 1);
  return y.view({x.size(0), 2, 3, 8, 8}).transpose(1, 2).contiguous().view({x.size(0), 6, 8, 8});
}

/// A learned token in front of the others.
Tensor class_token(Probe& p, const Tensor& x) {
  return torch::cat({p.matrix.unsqueeze(0).expand({x.size(0), -1, -1}), x.select(1, 0)}, 1);
}

}  // namespace

const std::vector<Case>& cases() {
  using P = Probe&;
  using T = const Tensor&;
  static const std::vector<Case> all = {
      {"convolution", [](P p, T x) { return p.conv(x).relu_(); }},
      {"conv_transpose", [](P p, T x) { return torch::conv_transpose2d(p.conv(x), p.conv->weight, {}, 2, 1, 1); }},
      {"linear", [](P p, T x) { return p.linear(x); }},
      {"linear_of_vectors",
       [](P p, T x) {
         return p.linear(x.mean({1, 2}));
       }},
      {"addmm",
       [](P p, T x) {
         return torch::addmm(p.linear->bias, x.mean({1, 2}), p.linear->weight.t(), 0.5, 2);
       }},
      {"matmul", [](P p, T x) { return x.matmul(p.matrix); }},
      {"baddbmm", batched_product},
      {"bmm", [](P, T x) { return torch::bmm(x.select(1, 0), x.select(1, 1)); }},
      {"attention", attention},
      {"batch_norm",
       [](P p, T x) { return torch::batch_norm(x, p.vector, {}, p.vector - 1, p.vector * 2, false, 0.1, 1e-3, false); }},
      {"layer_norm", [](P p, T x) { return torch::layer_norm(x, {8}, p.matrix.select(0, 0), p.matrix.select(0, 7)); }},
      {"layer_norm_plain",
       [](P, T x) {
         return torch::layer_norm(x, {8, 8});
       }},
      {"group_norm",
       [](P p, T x) {
         return torch::group_norm(torch::cat({x, x}, 1), 2, torch::cat({p.vector, p.vector}));
       }},
      {"relu6", [](P, T x) { return F::relu6(x * 5); }},
      {"hardtanh", [](P, T x) { return torch::hardtanh(x, -0.5, 0.7); }},
      {"clamp", [](P, T x) { return torch::clamp(x, 0, 0.5) + x.clamp_min(0.2) + x.clamp_max(-0.2); }},
      {"leaky_relu", [](P, T x) { return torch::leaky_relu(x, 0.2); }},
      {"elu", [](P, T x) { return torch::elu(x, 0.7); }},
      {"gelu", [](P, T x) { return torch::gelu(x); }},
      {"gelu_tanh", [](P, T x) { return torch::gelu(x, "tanh"); }},
      {"silu", [](P, T x) { return torch::silu(x); }},
      {"mish", [](P, T x) { return torch::mish(x); }},
      {"softplus", [](P, T x) { return torch::softplus(x, 2); }},
      {"hardswish", [](P, T x) { return torch::hardswish(x * 3); }},
      {"hardsigmoid", [](P, T x) { return torch::hardsigmoid(x * 3); }},
      {"sigmoid_tanh", [](P, T x) { return torch::sigmoid(x) * torch::tanh(x); }},
      {"prelu", [](P p, T x) { return torch::prelu(x, p.vector); }},
      {"prelu_of_vectors",
       [](P p, T x) {
         return torch::prelu(x.mean({2, 3}), p.vector);
       }},
      {"softmax", [](P, T x) { return torch::softmax(x, 1) + torch::log_softmax(x, -1); }},
      {"dropout", [](P, T x) { return torch::dropout(x, 0.5, false); }},
      {"arithmetic", [](P, T x) { return ((x + 1) * 2 - x / 3).sub(x, 0.5) + torch::rsub(x, 4); }},
      {"unary",
       [](P, T x) { return x.abs().sqrt() + x.exp().log() + x.neg() + (x * x + 1).rsqrt() + x.square() + x.sin() + x.erf(); }},
      {"rounding", [](P, T x) { return (x * 3).floor() + (x * 3).ceil() + (x * 3).round() + x.sign(); }},
      {"power", [](P, T x) { return x.pow(2) + (x.abs() + 0.1).pow(0.3) + (x.abs() + 0.5).reciprocal(); }},
      {"floor_division", [](P, T x) { return torch::div(x, 0.3, "floor"); }},
      {"addcmul", [](P, T x) { return torch::addcmul(x, x, x, 0.5) + torch::addcdiv(x, x, x.abs() + 1, 2); }},
      {"lerp", [](P, T x) { return torch::lerp(x, x * x, 0.3); }},
      {"extremes", [](P, T x) { return torch::maximum(x, x.neg()) + torch::minimum(x, x * 2) + torch::max(x, x * 3); }},
      {"comparison",
       [](P, T x) {
         return torch::where(x > 0.5, x, x * 2) + (x <= 0).to(torch::kFloat32) + (x != x).logical_not().to(torch::kFloat32);
       }},
      {"masked_fill", [](P, T x) { return x.masked_fill((x > 0).logical_and(x < 1), -3); }},
      {"max_pool", [](P, T x) { return torch::max_pool2d(x, 3, 2, 1); }},
      {"max_pool_ceil", [](P, T x) { return torch::max_pool2d(x, 3, 2, 0, 1, true); }},
      {"max_pool_ceil_padded", [](P, T x) { return torch::max_pool2d(x, 2, 3, 1, 1, true); }},
      {"max_pool_dilated", [](P, T x) { return torch::max_pool2d(x, 2, 1, 0, 2); }},
      {"avg_pool", [](P, T x) { return torch::avg_pool2d(x, 3, 2, 1) + torch::avg_pool2d(x, 3, 2, 1, false, false); }},
      {"avg_pool_ceil", [](P, T x) { return torch::avg_pool2d(x, 3, 2, 0, true); }},
      {"adaptive_global",
       [](P, T x) {
         return torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1);
       }},
      {"adaptive_even",
       [](P, T x) {
         return torch::adaptive_avg_pool2d(x, {4, 2});
       }},
      {"adaptive_uneven",
       [](P, T x) {
         return torch::adaptive_avg_pool2d(x, {7, 3});
       }},
      {"adaptive_larger",
       [](P, T x) {
         return torch::adaptive_avg_pool2d(x, {8, 12});
       }},
      {"adaptive_max",
       [](P, T x) {
         return std::get<0>(torch::adaptive_max_pool2d(x, {2, 4}));
       }},
      {"nearest",
       [](P, T x) {
         return torch::upsample_nearest2d(x, {16, 24});
       }},
      {"bilinear",
       [](P, T x) {
         return torch::upsample_bilinear2d(x, {12, 20}, false) + torch::upsample_bilinear2d(x, {12, 20}, true);
       }},
      {"pixel_shuffle",
       [](P, T x) {
         return torch::pixel_shuffle(x.repeat({1, 4, 1, 1}), 2);
       }},
      {"reduction", [](P, T x) { return x.mean({2}, true) + x.sum({3}).unsqueeze(2) + x.amax({2}, true) - x.amin({2}, true); }},
      {"max_over_dim", [](P, T x) { return std::get<0>(x.max(1)) + std::get<0>(torch::min(x, 1)); }},
      {"arg_max", [](P, T x) { return x.argmax(1).to(torch::kFloat32) + std::get<1>(x.max(1)).to(torch::kFloat32); }},
      {"variance", [](P, T x) { return x.var({2, 3}) + x.var({2, 3}, false) + x.std({2, 3}); }},
      {"norm", [](P, T x) { return x / x.norm(2, {1}, true).clamp_min(1e-6) + x.norm(1, {1}, true); }},
      {"normalize",
       [](P, T x) { return x.flatten(1) / torch::linalg_vector_norm(x.flatten(1), 2, torch::IntArrayRef({1}), true); }},
      {"logsumexp", [](P, T x) { return torch::logsumexp(x, {1}); }},
      {"cumsum", [](P, T x) { return x.cumsum(3); }},
      {"channel_shuffle", shuffle},
      {"own_channel_shuffle", [](P, T x) { return torch::channel_shuffle(torch::cat({x, x + 1}, 1), 2); }},
      {"class_token", class_token},
      {"reshape_joins_the_batch", [](P, T x) { return x.reshape({x.size(0) * 3, 64}).softmax(0).reshape({x.size(0), 3, 64}); }},
      {"squeeze", [](P, T x) { return x.mean({2, 3}, true).squeeze(3).squeeze(-1).unsqueeze(1).unsqueeze(-1); }},
      {"expand", [](P p, T x) { return p.vector.view({1, 3, 1, 1}).expand_as(x) * x; }},
      {"stack", [](P, T x) { return torch::stack({x, x * 2}, 1); }},
      {"chunk", [](P, T x) { return x.chunk(2, 3)[1] - x.split(4, 2)[0].chunk(2, 2)[0].repeat({1, 1, 4, 1}).slice(3, 4, 8); }},
      {"split_with_sizes", [](P, T x) { return x.split_with_sizes({1, 2}, 1)[1]; }},
      {"slice", [](P, T x) { return x.slice(2, 1, 7, 2) + x.narrow(2, -3, 3); }},
      {"unbind", [](P, T x) { return x.unbind(1)[2]; }},
      {"flip", [](P, T x) { return x.flip({3}); }},
      {"index_select", [](P p, T x) { return x.index_select(1, p.index); }},
      {"gather", [](P, T x) { return x.gather(1, x.argmax(1, true)); }},
      {"topk", [](P, T x) { return std::get<0>(x.flatten(1).topk(5, 1)); }},
      {"pad", [](P, T x) { return torch::constant_pad_nd(x, {1, 2, 0, 3}, 0.5); }},
      {"reflection_pad", [](P, T x) { return torch::reflection_pad2d(x, {1, 2, 2, 1}); }},
      {"creation",
       [](P,
          T x) { return x + torch::arange(8, torch::kFloat32) + torch::ones({x.size(0), 1, 1, 8}) * 2 + torch::full({8}, 3.0); }},
      {"like", [](P, T x) { return torch::zeros_like(x) + torch::ones_like(x) * x; }},
  };
  return all;
}

}  // namespace mien::exporting::testing
