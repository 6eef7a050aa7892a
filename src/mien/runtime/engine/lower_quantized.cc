// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Convolutions and products of bytes, as files hold them that others quantised. oneDNN sums bytes exactly where the processor has
// instructions for it (VNNI); elsewhere, and for weights that do not fit into a signed byte, the sums are made in f32, where
// whole numbers below 2^24 are exact too.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mien/runtime/engine/int8_weights.h"
#include "mien/runtime/engine/quantized_layer.h"
#include "mien/runtime/engine/safe_kernels.h"
#include "mien/runtime/engine/windows.h"

namespace mien::runtime::engine {

namespace {

using memory = dnnl::memory;

/// The layer as a 2-d convolution of pixels: a product is one of single pixels.
struct Shape {
  Dims source, result;  ///< [N,C,H,W]
  Dims weight_dims, weight_strides;
  std::int64_t groups = 1, inner = 1;  ///< inner: see centred_weights
  Window window;
  std::string text;
  bool padded() const {
    const auto any = [](const Dims& pads) { return std::any_of(pads.begin(), pads.end(), [](auto pad) { return pad > 0; }); };
    return any(window.low) || any(window.high);
  }
};

std::optional<Shape> convolution_shape(const Builder& b, const Node& node) {
  const auto &x = b.dims(node.inputs[0]), &w = b.dims(node.inputs[3]), &y = b.dims(node.outputs[0]);
  if (x.size() != 4) return std::nullopt;
  Shape s;
  s.source = x, s.result = y;
  s.groups = node.integer("group", 1);
  s.weight_dims = s.groups > 1 ? Dims{s.groups, w[0] / s.groups, w[1], w[2], w[3]} : w;
  s.weight_strides = row_major_strides(s.weight_dims);
  s.inner = w[1] * w[2] * w[3];
  s.window = window_of(node, x, y, {w[2], w[3]});
  const bool depthwise = s.groups > 1 && s.groups == x[1] && s.groups == y[1];
  s.text = fmt::format("{}{} {}x{} {}->{}{}", depthwise ? "depthwise " : "", node.op, w[2], w[3], x[1], y[1],
                       s.groups > 1 && !depthwise ? fmt::format(" in {} groups", s.groups) : "");
  return s;
}

std::optional<Shape> product_shape(const Builder& b, const Node& node) {
  const auto &x = b.dims(node.inputs[0]), &w = b.dims(node.inputs[3]), &y = b.dims(node.outputs[0]);
  if (w.size() != 2 || x.size() < 2 || node.integer("transA", 0) != 0) return std::nullopt;
  const bool turned = node.integer("transB", 0) != 0;
  const std::int64_t k = w[turned ? 1 : 0], n = w[turned ? 0 : 1], rows = graph::element_count(x) / std::max<std::int64_t>(k, 1);
  Shape s;
  s.source = {1, k, 1, rows}, s.result = {1, n, 1, rows};
  s.weight_dims = {n, k, 1, 1};
  s.weight_strides = turned ? Dims{k, 1, 1, 1} : Dims{1, n, 1, 1};
  s.inner = turned ? k : 1;
  s.window = {{1, 1}, {1, 1}, {0, 0}, {0, 0}};
  s.text = fmt::format("{} {}->{}", node.op, k, n);
  return y.back() == n ? std::optional(std::move(s)) : std::nullopt;
}

std::optional<Shape> shape_of(const Builder& b, const Node& node) {
  if (node.inputs.size() < 4 || node.inputs[0] == graph::no_value || node.inputs[3] == graph::no_value) return std::nullopt;
  if (node.op == "QLinearConv") return convolution_shape(b, node);
  return node.op == "QLinearMatMul" || node.op == "QGemm" ? product_shape(b, node) : std::nullopt;
}

dnnl::convolution_forward::primitive_desc convolution(const Shape& s, const memory::desc& source, memory::data_type weights,
                                                      const memory::desc& result, const dnnl::primitive_attr& attributes) {
  using dnnl::convolution_forward;
  Dims dilations = s.window.dilations;
  for (auto& d : dilations) --d;
  const memory::desc any(s.weight_dims, weights, memory::format_tag::any), bias = describe({s.result[1]}, {});
  const convolution_forward::desc desc(dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, source, any, bias,
                                       result, s.window.strides, dilations, s.window.low, s.window.high);
  return without_oversteps(convolution_forward::primitive_desc(desc, attributes, cpu()), s.window,
                           {s.weight_dims.end() - 2, s.weight_dims.end()});
}

double gflop_of(const Shape& s) {
  const auto taps = graph::element_count(s.weight_dims) / s.result[1];
  return 2e-9 * static_cast<double>(graph::element_count(s.result) * taps);
}

/// Round half to even, add the zero point, keep to the bounds; what is left to oneDNN is to saturate.
dnnl::post_ops byte_ops(const QuantisedLayer& layer) {
  dnnl::post_ops ops;
  if (layer.type == DataType::f32) return ops;
  if (layer.zero != 0) {
    ops.append_eltwise(1, dnnl::algorithm::eltwise_round, 0, 0);
    ops.append_eltwise(1, dnnl::algorithm::eltwise_linear, 1, static_cast<float>(layer.zero));
  }
  const auto all = bounds_of(layer.type);
  if (layer.bounds.low > all.low || layer.bounds.high < all.high)
    ops.append_eltwise(1, dnnl::algorithm::eltwise_clip, static_cast<float>(layer.bounds.low),
                       static_cast<float>(layer.bounds.high));
  return ops;
}

std::vector<float> bias_of(const QuantisedLayer& layer, const std::vector<std::int64_t>& correction) {
  std::vector<float> bias(layer.factors.size());
  for (std::size_t c = 0; c < bias.size(); ++c)
    bias[c] = static_cast<float>((layer.bias.empty() ? 0 : layer.bias[c]) - correction[c]);
  return bias;
}

Format result_format(const QuantisedLayer& layer) { return {layer.type == DataType::f32 ? Storage::f32 : Storage::native, true}; }

/// Layers may share weights and differ in the zero points of these.
std::string kind_of(const char* numbers, const QuantisedLayer& layer) {
  return fmt::format("{} less {}", numbers, fmt::join(layer.weight_zeros, ","));
}

void lower_to_bytes(Builder& b, const QuantisedLayer& layer, const Shape& s, const CentredWeights& weights) {
  const auto source = b.get(layer.x, {Storage::native, true});
  const auto result = b.make(b.node().outputs[0], result_format(layer));
  auto attributes = with_user_scratchpad(byte_ops(layer));
  attributes.set_output_scales(1 << 1, layer.factors);
  // Without padding the zero point of the source is a matter of the bias, which costs nothing.
  auto correction = weights.sums;
  for (auto& sum : correction) sum *= s.padded() ? 0 : layer.x_zero;
  if (s.padded() && layer.x_zero != 0) attributes.set_zero_points(DNNL_ARG_SRC, 0, {layer.x_zero});
  const auto x = describe_image(s.source, source.format.storage, source.type),
             y = describe_image(s.result, result.format.storage, result.type);
  const auto pd = convolution(s, x, memory::data_type::s8, y, attributes);
  const auto prepared =
      b.prepared_weights(layer.weights, kind_of("bytes", layer), weights.bytes,
                         describe_strided(s.weight_dims, s.weight_strides, memory::data_type::s8), pd.weights_desc());
  b.emit(s.text, pd,
         {{DNNL_ARG_SRC, source, x},
          {DNNL_ARG_WEIGHTS, prepared},
          {DNNL_ARG_BIAS, b.numbers(bias_of(layer, correction), describe({s.result[1]}, {}))},
          {DNNL_ARG_DST, result, y}},
         result.dims, gflop_of(s));
}

void lower_to_floats(Builder& b, const QuantisedLayer& layer, const Shape& s) {
  const auto source = b.get(layer.x, {Storage::native, true});
  const auto numbers = b.temporary(s.source), sums = b.temporary(s.result);
  const auto result = b.make(b.node().outputs[0], result_format(layer));
  const ByteCode code{source.type, layer.x_zero, 1};
  b.emit_function(s.text + ": bytes to f32", "mien", {source.buffer, numbers.buffer}, source.dims,
                  [code, count = graph::element_count(source.dims)](const std::vector<std::byte*>& at) {
                    dequantise(at[0], code, at[1], Storage::f32, count);
                  });
  const auto pd = convolution(s, numbers.image(), memory::data_type::f32, sums.image(), with_user_scratchpad());
  const auto prepared =
      b.prepared_weights(layer.weights, kind_of("f32", layer),
                         centred_floats(b.constant_values(layer.weights), layer.weight_zeros, s.result[1], s.inner),
                         describe_strided(s.weight_dims, s.weight_strides), pd.weights_desc());
  const std::vector<std::int64_t> none(layer.factors.size(), 0);
  b.emit(s.text, pd,
         {{DNNL_ARG_SRC, numbers, numbers.image()},
          {DNNL_ARG_WEIGHTS, prepared},
          {DNNL_ARG_BIAS, b.numbers(bias_of(layer, none), describe({s.result[1]}, {}))},
          {DNNL_ARG_DST, sums, sums.image()}},
         result.dims, gflop_of(s));
  const ByteSums rounding{
      graph::element_count(s.result) / s.result[1], s.result[1], layer.factors, layer.type, layer.zero, layer.bounds};
  b.emit_function(s.text + ": f32 to bytes", "mien", {sums.buffer, result.buffer}, result.dims,
                  [rounding](const std::vector<std::byte*>& at) { run(rounding, reinterpret_cast<const float*>(at[0]), at[1]); });
}

}  // namespace

bool lower_quantised_layer(Builder& b, const Node& node) {
  const auto shape = shape_of(b, node);
  if (!shape || graph::element_count(shape->result) == 0 || graph::element_count(shape->source) == 0) return false;
  const auto layer = quantised_layer(b, node, shape->result[1]);
  if (!layer) return false;
  const auto weights = centred_weights(b.constant_values(layer->weights), layer->weight_zeros, shape->result[1], shape->inner);
  if (sums_bytes_exactly() && weights.bytes.has_data())
    lower_to_bytes(b, *layer, *shape, weights);
  else
    lower_to_floats(b, *layer, *shape);
  return true;
}

}  // namespace mien::runtime::engine
