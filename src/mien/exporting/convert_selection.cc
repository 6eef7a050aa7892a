// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "mien/exporting/conversion.h"

// Operators that take parts of a tensor.
namespace mien::exporting {
namespace {

using Ints = std::vector<std::int64_t>;

/// chunk, split: the trace knows how long each part is.
void convert_split(Conversion& c) {
  const std::int64_t axis = c.axis("dim", "self");
  if (c.output_count() == 1) return c.result(c.value("self"));
  Ints lengths;
  for (std::size_t i = 0; i < c.output_count(); ++i) {
    const TracedNumber length = c.output(i).dims.at(static_cast<std::size_t>(axis));
    if (length.per_image) c.refuse("it splits the images of a batch");
    lengths.push_back(length.value);
  }
  const ValueId x = c.value("self");
  const auto parts = c.add_many("Split", {x, c.list(lengths)}, {{"axis", axis}}, lengths.size());
  for (std::size_t i = 0; i < parts.size(); ++i) c.result(parts[i], i);
}

ValueId taken(Conversion& c, ValueId x, std::int64_t index, std::int64_t axis) {
  return c.add("Gather", {x, c.scalar(static_cast<double>(index), graph::DataType::i64)}, {{"axis", axis}});
}

void convert_unbind(Conversion& c) {
  const std::int64_t axis = c.axis("dim", "self");
  for (std::size_t i = 0; i < c.output_count(); ++i) c.result(taken(c, c.value("self"), static_cast<std::int64_t>(i), axis), i);
}

void convert_select(Conversion& c) {
  const std::int64_t axis = c.axis("dim", "self");
  if (axis == 0 && c.tensor("self").dims.at(0).per_image) c.refuse("it takes one image out of the batch");
  c.result(taken(c, c.value("self"), c.integer("index"), axis));
}

ValueId sliced(Conversion& c, std::int64_t start, std::int64_t end, std::int64_t axis, std::int64_t step) {
  const ValueId x = c.value("self");
  return c.add("Slice", {x, c.list({start}), c.list({end}), c.list({axis}), c.list({step})});
}

void convert_slice(Conversion& c) {
  if (c.tensor("self").dims == c.output().dims && c.integer_or("step", 1) == 1) return c.result(c.value("self"));
  c.result(sliced(c, c.integer_or("start", 0), c.integer_or("end", std::numeric_limits<std::int64_t>::max()),
                  c.axis("dim", "self"), c.integer_or("step", 1)));
}

void convert_narrow(Conversion& c) {
  std::int64_t start = c.integer("start");
  if (start < 0) start += c.dim("self", c.axis("dim", "self"));
  c.result(sliced(c, start, start + c.integer("length"), c.axis("dim", "self"), 1));
}

void convert_flip(Conversion& c) {
  const Ints axes = c.axes("dims", "self");
  const ValueId x = c.value("self");
  const ValueId starts = c.list(Ints(axes.size(), -1)),
                ends = c.list(Ints(axes.size(), std::numeric_limits<std::int64_t>::min() + 1));
  c.result(c.add("Slice", {x, starts, ends, c.list(axes), c.list(Ints(axes.size(), -1))}));
}

void convert_index_select(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.add("Gather", {x, c.value("index")}, {{"axis", c.axis("dim", "self")}}));
}

void convert_gather(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.add("GatherElements", {x, c.value("index")}, {{"axis", c.axis("dim", "self")}}));
}

void convert_embedding(Conversion& c) {
  c.builder().enter_module_of(c.tensor("weight").name);
  const ValueId table = c.value("weight");
  c.result(c.add_owner("Gather", {table, c.value("indices")}, {{"axis", std::int64_t{0}}}, "weight"));
}

void convert_topk(Conversion& c) {
  const ValueId x = c.value("self");
  const auto parts =
      c.add_many("TopK", {x, c.list({c.integer("k")})},
                 {{"axis", c.axis("dim", "self")}, {"largest", std::int64_t{c.flag("largest")}}, {"sorted", std::int64_t{1}}}, 2);
  c.result(parts[0], 0);
  c.result(parts[1], 1);
}

}  // namespace

std::span<const Converter> selection_converters() {
  static constexpr Converter table[] = {
      {"aten::chunk", convert_split},
      {"aten::embedding", convert_embedding},
      {"aten::flip", convert_flip},
      {"aten::gather", convert_gather},
      {"aten::index_select", convert_index_select},
      {"aten::narrow", convert_narrow},
      {"aten::select", convert_select},
      {"aten::slice", convert_slice},
      {"aten::split", convert_split},
      {"aten::split_with_sizes", convert_split},
      {"aten::tensor_split", convert_split},
      {"aten::topk", convert_topk},
      {"aten::unbind", convert_unbind},
  };
  return table;
}

}  // namespace mien::exporting
