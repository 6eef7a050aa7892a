// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mien/exporting/conversion.h"

// Tensors that a network makes itself: filled ones and sequences.
namespace mien::exporting {
namespace {

/// One value everywhere, in the shape that the trace saw.
void fill(Conversion& c, double value) {
  const auto& dims = c.output().dims;
  const ValueId one = c.scalar(value, c.output_type());
  c.result(dims.empty() ? one : c.add("Expand", {one, c.builder().numbers(dims, "shape")}));
}
void convert_zeros(Conversion& c) { fill(c, 0); }
void convert_ones(Conversion& c) { fill(c, 1); }
void convert_full(Conversion& c) { fill(c, c.real("fill_value")); }

void convert_arange(Conversion& c) {
  const double start = c.real_or("start", 0), step = c.real_or("step", 1);
  const TracedNumber length = c.output().dims.at(0);
  if (length.per_image) c.refuse("its length depends on the batch size");
  const auto values = start + step * torch::arange(length.value, torch::kFloat64);
  c.result(c.builder().constant("sequence", to_graph_tensor(values.to(c.output().type))));
}

/// A constant given as a number ("torch::scalar_tensor").
void convert_scalar(Conversion& c) { c.result(c.scalar(c.real("s"), c.output_type())); }

}  // namespace

std::span<const Converter> creation_converters() {
  static constexpr Converter table[] = {
      {"aten::arange", convert_arange}, {"aten::full", convert_full},        {"aten::full_like", convert_full},
      {"aten::new_full", convert_full}, {"aten::new_ones", convert_ones},    {"aten::new_zeros", convert_zeros},
      {"aten::ones", convert_ones},     {"aten::ones_like", convert_ones},   {"aten::scalar_tensor", convert_scalar},
      {"aten::zeros", convert_zeros},   {"aten::zeros_like", convert_zeros},
  };
  return table;
}

}  // namespace mien::exporting
