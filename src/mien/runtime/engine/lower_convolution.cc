// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mien/runtime/engine/int8_weights.h"
#include "mien/runtime/engine/post_ops.h"
#include "mien/runtime/engine/safe_kernels.h"
#include "mien/runtime/engine/windows.h"

namespace mien::runtime::engine {

namespace {

using memory = dnnl::memory;
using tag = memory::format_tag;

/// The numbers of a 2-d convolution: weights as oneDNN names them ([O,I,h,w] or [G,O/G,I/G,h,w]) over the file's memory.
struct Shape {
  std::int64_t groups = 1, in = 0, out = 0;
  Dims kernel;
  Window window;
  memory::dims weight_dims, weight_strides;
  bool transposed = false;
  bool depthwise() const { return groups == in && groups == out; }
};

Shape shape_of(const Builder& b, const Node& node) {
  Shape s;
  s.transposed = node.op == "ConvTranspose";
  const auto& x = b.dims(node.inputs[0]);
  const auto& w = b.dims(node.inputs[1]);
  const auto& y = b.dims(node.outputs[0]);
  s.groups = node.integer("group", 1);
  s.in = x[1], s.out = y[1];
  s.kernel = {w[2], w[3]};
  s.window = s.transposed ? transposed_window(node, x, y, s.kernel) : window_of(node, x, y, s.kernel);
  const std::int64_t taps = w[2] * w[3], in = s.in / s.groups, out = s.out / s.groups;
  if (s.groups > 1)
    s.weight_dims = {s.groups, out, in, w[2], w[3]};
  else
    s.weight_dims = {out, in, w[2], w[3]};
  s.weight_strides = row_major_strides(s.weight_dims);
  if (s.transposed) {  // the file has [I,O/G,h,w]
    const auto o = s.weight_dims.size() - 4;
    s.weight_strides[o] = taps;
    s.weight_strides[o + 1] = out * taps;
  }
  return s;
}

std::string text_of(const Node& node, const Shape& s) {
  return fmt::format("{}{} {}x{} {}->{}{}", s.depthwise() && s.groups > 1 ? "depthwise " : "", node.op, s.kernel[0], s.kernel[1],
                     s.in, s.out, s.groups > 1 && !s.depthwise() ? fmt::format(" in {} groups", s.groups) : "");
}

struct Call {
  memory::desc source, weights, bias, result;
  memory::dims strides, dilations, low, high;
  dnnl::primitive_attr attributes;
};

dnnl::convolution_forward::primitive_desc convolution(const Call& c) {
  using namespace dnnl;
  const auto kind = prop_kind::forward_inference;
  const auto direct = algorithm::convolution_direct;
  const auto desc =
      c.bias
          ? convolution_forward::desc(kind, direct, c.source, c.weights, c.bias, c.result, c.strides, c.dilations, c.low, c.high)
          : convolution_forward::desc(kind, direct, c.source, c.weights, c.result, c.strides, c.dilations, c.low, c.high);
  return {desc, c.attributes, cpu()};
}

dnnl::deconvolution_forward::primitive_desc deconvolution(const Call& c) {
  using namespace dnnl;
  const auto kind = prop_kind::forward_inference;
  const auto direct = algorithm::deconvolution_direct;
  const auto desc =
      c.bias ? deconvolution_forward::desc(kind, direct, c.source, c.weights, c.bias, c.result, c.strides, c.dilations, c.low,
                                           c.high)
             : deconvolution_forward::desc(kind, direct, c.source, c.weights, c.result, c.strides, c.dilations, c.low, c.high);
  return {desc, c.attributes, cpu()};
}

bool applies(const Builder& b, const Node& node) {
  if (!node.domain.empty() || (node.op != "Conv" && node.op != "ConvTranspose")) return false;
  const auto* weights = b.constant(node.inputs[1]);
  const auto* bias = b.constant(node.input(2));
  return weights && (bias || node.input(2) == graph::no_value) && b.dims(node.inputs[0]).size() == 4 &&
         b.dims(node.outputs[0])[0] > 0;
}

}  // namespace

bool lower_convolution(Builder& b, const Node& node) {
  if (!applies(b, node)) return false;
  const Shape s = shape_of(b, node);
  const bool int8 = b.precision().is_int8(node) && !s.transposed;
  Format in = int8 ? b.precision().format_of(node.inputs[0]) : b.precision().low_precision();
  Format out = b.precision().format_of(node.outputs[0]);
  if ((!int8 || has_slopes(node)) && is_quantised(out)) out = b.precision().low_precision();  // oneDNN has no such convolution
  in.channels_last = out.channels_last = true;

  const auto source = b.get(node.inputs[0], in);
  const auto* bias = b.constant(node.input(2));
  Call call;
  auto post = make_post_ops(b, node, out);
  call.source = source.image(), call.result = post.result.image();
  call.weights =
      memory::desc(s.weight_dims, int8 ? memory::data_type::s8 : dnnl_type(source.format.storage, DataType::f32), tag::any);
  if (bias) call.bias = describe({s.out}, {});
  call.strides = s.window.strides, call.low = s.window.low, call.high = s.window.high;
  for (const auto d : s.window.dilations) call.dilations.push_back(d - 1);
  call.attributes = with_user_scratchpad(post.ops);

  std::vector<float> scales;
  if (int8) {
    scales = channel_scales(b.constant_values(node.inputs[1]), s.out);
    auto factors = scales;
    for (auto& f : factors) f *= source.format.scale;
    call.attributes.set_output_scales(1 << 1, factors);
  }
  const auto finish = [&](const auto& pd) {
    const int mask = s.groups > 1 ? (1 << 0) | (1 << 1) : 1 << 0;
    std::vector<Argument> arguments = {{DNNL_ARG_SRC, source, call.source}, {DNNL_ARG_DST, post.result, call.result}};
    arguments.emplace_back(DNNL_ARG_WEIGHTS, b.weights(node.inputs[1], describe_strided(s.weight_dims, s.weight_strides),
                                                       pd.weights_desc(), scales, mask));
    if (bias)
      arguments.emplace_back(DNNL_ARG_BIAS, b.numbers(scaled_bias(bias->floats(), scales, source.format.scale), call.bias));
    arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
    const double products = static_cast<double>(graph::element_count(s.transposed ? source.dims : post.result.dims)) *
                            static_cast<double>((s.transposed ? s.out : s.in) / s.groups * s.kernel[0] * s.kernel[1]);
    b.emit(text_of(node, s) + post.text, pd, std::move(arguments), post.result.dims, 2e-9 * products);
  };
  if (s.transposed)
    finish(without_oversteps(deconvolution(call), s.window, s.kernel));
  else
    finish(without_oversteps(convolution(call), s.window, s.kernel));
  emit_slopes(b, post);
  return true;
}

}  // namespace mien::runtime::engine
