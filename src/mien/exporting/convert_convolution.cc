// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/conversion.h"

// Convolutions and transposed convolutions of any number of spatial dims.
namespace mien::exporting {
namespace {

using Ints = std::vector<std::int64_t>;

/// One value an axis: a single number stands for all.
Ints per_axis(Ints values, std::size_t axes) {
  if (values.size() == 1) values.resize(axes, values[0]);
  return values;
}

Ints both_sides(const Ints& padding) {
  Ints pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

void convert_convolution(Conversion& c) {
  const auto& weight = c.tensor("weight");
  const std::size_t axes = weight.dims.size() - 2;
  const bool transposed = c.flag("transposed") || c.op().find("transpose") != std::string::npos;
  Ints kernel;
  for (std::size_t i = 0; i < axes; ++i) kernel.push_back(c.dim("weight", static_cast<std::int64_t>(i) + 2));
  Attributes attributes = {{"kernel_shape", kernel},
                           {"strides", per_axis(c.integers("stride"), axes)},
                           {"pads", both_sides(per_axis(c.integers("padding"), axes))},
                           {"dilations", per_axis(c.integers("dilation"), axes)},
                           {"group", c.integer("groups")}};
  if (transposed) attributes["output_padding"] = per_axis(c.integers("output_padding"), axes);
  c.builder().enter_module_of(weight.name);
  c.result(c.add_owner(transposed ? "ConvTranspose" : "Conv", {c.value("input"), c.value("weight"), c.value_or_none("bias")},
                       std::move(attributes), "weight"));
}

}  // namespace

std::span<const Converter> convolution_converters() {
  static constexpr Converter table[] = {
      {"aten::_convolution", convert_convolution},     {"aten::convolution", convert_convolution},
      {"aten::conv1d", convert_convolution},           {"aten::conv2d", convert_convolution},
      {"aten::conv3d", convert_convolution},           {"aten::conv_transpose1d", convert_convolution},
      {"aten::conv_transpose2d", convert_convolution}, {"aten::conv_transpose3d", convert_convolution},
  };
  return table;
}

}  // namespace mien::exporting
