// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/exporting/conversion.h"

// Pooling and resizing of the last axes.
namespace mien::exporting {
namespace {

using Ints = std::vector<std::int64_t>;

/// Windows of a pooling, with end pads that give the size that libtorch gave: rounding up becomes padding, so that readers need
/// not agree on what it means.
struct Windows {
  Ints kernel, stride, pads;
  bool padded_beyond = false;  ///< rounding up added to the padding
};

Windows windows(const Conversion& c, std::size_t axes) {
  const auto list = [&](const char* name, std::int64_t otherwise) {
    Ints values = c.has(name) ? c.integers(name) : Ints{};
    if (values.empty()) values = {otherwise};
    if (values.size() == 1) values.resize(axes, values[0]);
    return values;
  };
  Windows w;
  w.kernel = list("kernel_size", 1);
  w.stride = c.has("stride") && !c.integers("stride").empty() ? list("stride", 1) : w.kernel;
  w.pads = list("padding", 0);
  const Ints dilation = list("dilation", 1);
  const Ints begin = w.pads;
  const auto& out = c.output().dims;
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t in = c.dim("self", static_cast<std::int64_t>(i) - static_cast<std::int64_t>(axes));
    const std::int64_t made = out[out.size() - axes + i].value;
    const std::int64_t needed = (made - 1) * w.stride[i] + dilation[i] * (w.kernel[i] - 1) + 1 - in - begin[i];
    w.padded_beyond = w.padded_beyond || needed > begin[i];
    w.pads.push_back(std::max(begin[i], needed));
  }
  return w;
}

Attributes window_attributes(const Windows& w) { return {{"kernel_shape", w.kernel}, {"strides", w.stride}, {"pads", w.pads}}; }

template <std::size_t axes>
void convert_max_pool(Conversion& c) {
  Attributes attributes = window_attributes(windows(c, axes));
  if (c.has("dilation")) {
    Ints dilation = c.integers("dilation");
    if (dilation.size() == 1) dilation.resize(axes, dilation[0]);
    attributes["dilations"] = dilation;
  }
  c.result(c.add("MaxPool", {c.value("self")}, std::move(attributes)));
}

template <std::size_t axes>
void convert_average_pool(Conversion& c) {
  const Windows w = windows(c, axes);
  const bool padding = std::any_of(w.pads.begin(), w.pads.begin() + axes, [](std::int64_t p) { return p > 0; });
  const bool counted = c.flag("count_include_pad") && padding;
  if (counted && w.padded_beyond) c.refuse("padding that counts together with rounding up has no ONNX form");
  if (c.has("divisor_override")) c.refuse("divisor_override has no ONNX form");
  Attributes attributes = window_attributes(w);
  attributes["count_include_pad"] = std::int64_t{counted};
  c.result(c.add("AveragePool", {c.value("self")}, std::move(attributes)));
}

/// [in, out]: column o holds the weights of the inputs that output o averages.
torch::Tensor averaging_matrix(std::int64_t in, std::int64_t out) {
  const auto matrix = torch::zeros({in, out});
  for (std::int64_t o = 0; o < out; ++o) {
    const std::int64_t first = o * in / out, last = ((o + 1) * in + out - 1) / out;
    matrix.slice(0, first, last).select(1, o).fill_(1.0 / static_cast<double>(last - first));
  }
  return matrix;
}

/// Windows of unequal size: a matrix product for each axis.
ValueId average_by_matrices(Conversion& c, ValueId x, std::int64_t in_h, std::int64_t in_w, std::int64_t out_h,
                            std::int64_t out_w) {
  const auto constant = [&](const torch::Tensor& t) { return c.builder().constant("averaging_matrix", to_graph_tensor(t)); };
  if (in_w != out_w) x = c.add("MatMul", {x, constant(averaging_matrix(in_w, out_w))});
  if (in_h != out_h) x = c.add("MatMul", {constant(averaging_matrix(in_h, out_h).t()), x});
  return x;
}

void convert_adaptive_average(Conversion& c) {
  const Ints size = c.integers("output_size");
  const std::int64_t h = c.dim("self", -2), w = c.dim("self", -1), out_h = size.at(0), out_w = size.at(1);
  const ValueId x = c.value("self");
  if (h == out_h && w == out_w) return c.result(x);
  if (out_h == 1 && out_w == 1 && c.rank("self") == 4) return c.result(c.add("GlobalAveragePool", {x}));
  if (c.rank("self") != 4 || h % out_h != 0 || w % out_w != 0) return c.result(average_by_matrices(c, x, h, w, out_h, out_w));
  const Ints kernel = {h / out_h, w / out_w};
  c.result(c.add("AveragePool", {x}, {{"kernel_shape", kernel}, {"strides", kernel}}));
}

void convert_adaptive_max(Conversion& c) {
  const Ints size = c.integers("output_size");
  const std::int64_t h = c.dim("self", -2), w = c.dim("self", -1);
  if (h % size.at(0) != 0 || w % size.at(1) != 0) c.refuse("the output size does not divide the input size");
  if (size[0] == 1 && size[1] == 1) return c.result(c.add("GlobalMaxPool", {c.value("self")}));
  const Ints kernel = {h / size[0], w / size[1]};
  c.result(c.add("MaxPool", {c.value("self")}, {{"kernel_shape", kernel}, {"strides", kernel}}));
}

/// Coordinates follow the sizes; libtorch lets them follow a given factor, which is another thing when sizes were rounded.
void check_factors(const Conversion& c, const std::string& input) {
  const auto check = [&](double factor, std::int64_t axis) {
    const auto& out = c.output().dims;
    const auto made = static_cast<double>(out[out.size() + static_cast<std::size_t>(axis)].value);
    if (factor * static_cast<double>(c.dim(input, axis)) != made) c.refuse("the factor does not give a whole number of pixels");
  };
  if (c.has("scales_h")) check(c.real("scales_h"), -2);
  if (c.has("scales_w")) check(c.real("scales_w"), -1);
  if (c.has("scale_factors"))
    for (std::size_t i = 0; i < c.reals("scale_factors").size(); ++i)
      check(c.reals("scale_factors")[i], static_cast<std::int64_t>(i) - 2);
}

void resize(Conversion& c, const std::string& mode) {
  const std::string input = c.has("input") ? "input" : "self";
  check_factors(c, input);
  const bool corners = c.flag("align_corners");
  Attributes attributes = {{"mode", mode},
                           {"coordinate_transformation_mode", std::string(mode == "nearest" ? "asymmetric"
                                                                          : corners         ? "align_corners"
                                                                                            : "half_pixel")}};
  if (mode == "nearest") attributes["nearest_mode"] = std::string("floor");
  if (mode == "cubic") attributes["cubic_coeff_a"] = -0.75f;
  const ValueId x = c.value(input);
  c.result(c.add("Resize", {x, graph::no_value, graph::no_value, c.builder().numbers(c.output().dims, "sizes")},
                 std::move(attributes)));
}
void convert_nearest(Conversion& c) { resize(c, "nearest"); }
void convert_linear(Conversion& c) { resize(c, "linear"); }
void convert_cubic(Conversion& c) { resize(c, "cubic"); }

void convert_pixel_shuffle(Conversion& c) {
  c.result(c.add("DepthToSpace", {c.value("self")}, {{"blocksize", c.integer("upscale_factor")}, {"mode", std::string("CRD")}}));
}

}  // namespace

std::span<const Converter> pooling_converters() {
  static constexpr Converter table[] = {
      {"aten::adaptive_avg_pool2d", convert_adaptive_average},
      {"aten::adaptive_max_pool2d", convert_adaptive_max},
      {"aten::avg_pool1d", convert_average_pool<1>},
      {"aten::avg_pool2d", convert_average_pool<2>},
      {"aten::max_pool1d", convert_max_pool<1>},
      {"aten::max_pool2d", convert_max_pool<2>},
      {"aten::pixel_shuffle", convert_pixel_shuffle},
      {"aten::upsample_bicubic2d", convert_cubic},
      {"aten::upsample_bilinear2d", convert_linear},
      {"aten::upsample_nearest2d", convert_nearest},
  };
  return table;
}

}  // namespace mien::exporting
