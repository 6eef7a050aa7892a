// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/runtime/engine/builder.h"
#include "mien/runtime/engine/channel_kernels.h"
#include "mien/runtime/engine/windows.h"

namespace mien::runtime::engine {

namespace {

bool lower_window(Builder& b, const Node& node, dnnl::algorithm algorithm) {
  const auto& x = b.dims(node.inputs[0]);
  const auto& y = b.dims(node.outputs[0]);
  const bool floats = b.type(node.inputs[0]) == DataType::f32;
  if (x.size() != 4 || node.outputs.size() > 1 || graph::element_count(y) == 0) return false;
  const auto kernel = node.integers("kernel_shape");
  const Window w = window_of(node, x, y, kernel);
  const bool is_max = algorithm == dnnl::algorithm::pooling_max;
  if (!floats && !is_max) return false;
  Format format = !floats  ? Format{Storage::native}
                  : is_max ? b.precision().format_of(node.outputs[0])
                           : b.float_format(node.outputs[0]);
  format.channels_last = true;
  const auto source = b.get(node.inputs[0], format);
  const auto result = b.make(node.outputs[0], format);
  dnnl::memory::dims dilations;
  for (const auto d : w.dilations) dilations.push_back(d - 1);
  const dnnl::pooling_v2_forward::desc desc(dnnl::prop_kind::forward_inference, algorithm, source.image(), result.image(),
                                            w.strides, kernel, dilations, w.low, w.high);
  const auto attributes = with_user_scratchpad();
  const dnnl::pooling_v2_forward::primitive_desc pd(desc, attributes, cpu());
  b.emit(fmt::format("{} {}x{}", node.op, kernel[0], kernel[1]), pd,
         {{DNNL_ARG_SRC, source, source.image()}, {DNNL_ARG_DST, result, result.image()}}, result.dims);
  return true;
}

bool lower_average(Builder& b, const Node& node) {
  const bool with_padding = node.integer("count_include_pad", 0) != 0;
  if (with_padding && node.integer("ceil_mode", 0) != 0) return false;  // the part beyond the padding counts for nothing
  return lower_window(b, node,
                      with_padding ? dnnl::algorithm::pooling_avg_include_padding : dnnl::algorithm::pooling_avg_exclude_padding);
}

bool lower_global_average(Builder& b, const Node& node) {
  const auto& x = b.dims(node.inputs[0]);
  if (x.size() != 4 || graph::element_count(x) == 0) return false;
  Format in = b.any(node.inputs[0]).format;
  in.channels_last = true;
  const auto source = b.get(node.inputs[0], in);
  const auto result = b.make(node.outputs[0], b.float_format(node.outputs[0]));
  const ChannelMean mean{x[0], x[2] * x[3], x[1], source.format.storage, source.format.scale, result.format.storage};
  b.emit_function("global average", "mien", {source.buffer, result.buffer}, result.dims,
                  [mean](const std::vector<std::byte*>& at) { run(mean, at[0], at[1]); });
  return true;
}

}  // namespace

bool lower_pooling(Builder& b, const Node& node) {
  if (!node.post.empty()) return false;
  if (node.domain.empty() && node.op == "MaxPool") return lower_window(b, node, dnnl::algorithm::pooling_max);
  if (node.domain.empty() && node.op == "AveragePool") return lower_average(b, node);
  if (node.domain == "mien" && node.op == "GlobalAverage") return lower_global_average(b, node);
  return false;
}

}  // namespace mien::runtime::engine
