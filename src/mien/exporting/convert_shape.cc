// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "mien/exporting/conversion.h"

// Operators that move values to another shape, order or type.
namespace mien::exporting {
namespace {

using Ints = std::vector<std::int64_t>;

void pass(Conversion& c) { c.result(c.value("self")); }

/// A conversion of type, device or layout.
void convert_to(Conversion& c) { c.result(c.operand("self", c.output_type())); }

/// Views: the trace knows the shape that came out.
void convert_view(Conversion& c) { c.result(c.reshape(c.value("self"), c.output().dims)); }

void convert_flatten(Conversion& c) {
  if (c.axis("start_dim", "self") == 1 && c.axis("end_dim", "self") == c.rank("self") - 1)
    return c.result(c.add("Flatten", {c.value("self")}, {{"axis", std::int64_t{1}}}));
  convert_view(c);
}

void convert_squeeze(Conversion& c) {
  if (c.rank("self") == static_cast<std::int64_t>(c.output().dims.size())) return pass(c);
  convert_view(c);
}

void convert_unsqueeze(Conversion& c) {
  std::int64_t axis = c.integer("dim");
  if (axis < 0) axis += c.rank("self") + 1;
  c.result(c.add("Unsqueeze", {c.value("self"), c.list({axis})}));
}

ValueId permuted(Conversion& c, const Ints& order) { return c.add("Transpose", {c.value("self")}, {{"perm", order}}); }

void convert_transpose(Conversion& c) {
  Ints order(static_cast<std::size_t>(c.rank("self")));
  std::iota(order.begin(), order.end(), 0);
  const bool matrix = c.op() == "aten::t";
  if (matrix && order.size() < 2) return pass(c);
  const std::int64_t first = matrix ? 0 : c.axis("dim0", "self"), second = matrix ? 1 : c.axis("dim1", "self");
  std::swap(order.at(static_cast<std::size_t>(first)), order.at(static_cast<std::size_t>(second)));
  c.result(permuted(c, order));
}
void convert_permute(Conversion& c) { c.result(permuted(c, c.axes("dims", "self"))); }

bool same_dims(const Conversion& c) { return c.tensor("self").dims == c.output().dims; }

void convert_expand(Conversion& c) {
  if (same_dims(c)) return pass(c);
  const ValueId x = c.value("self");
  c.result(c.add("Expand", {x, c.builder().numbers(c.output().dims, "shape")}));
}

void convert_repeat(Conversion& c) {
  const auto& times = c.numbers("repeats");
  ValueId x = c.value("self");
  std::vector<TracedNumber> dims = c.tensor("self").dims;
  if (dims.size() < times.size()) {
    dims.insert(dims.begin(), times.size() - dims.size(), TracedNumber{1});
    x = c.reshape(x, dims);
  }
  c.result(c.add("Tile", {x, c.builder().numbers(times, "repeats")}));
}

void convert_cat(Conversion& c) {
  const auto inputs = c.values("tensors");
  std::int64_t axis = c.integer("dim");
  if (axis < 0) axis += static_cast<std::int64_t>(c.output().dims.size());
  if (inputs.size() == 1) return c.result(inputs[0]);
  c.result(c.add("Concat", inputs, {{"axis", axis}}));
}

void convert_stack(Conversion& c) {
  std::int64_t axis = c.integer("dim");
  if (axis < 0) axis += static_cast<std::int64_t>(c.output().dims.size());
  std::vector<ValueId> parts;
  for (const ValueId part : c.values("tensors")) parts.push_back(c.add("Unsqueeze", {part, c.list({axis})}));
  c.result(c.add("Concat", parts, {{"axis", axis}}));
}

/// [N,C,H,W] -> [N, groups, C/groups, H, W], swapped, and back.
void convert_channel_shuffle(Conversion& c) {
  const std::int64_t groups = c.integer("groups"), channels = c.dim("self", 1);
  std::vector<TracedNumber> split = c.tensor("self").dims;
  split[1] = {groups};
  split.insert(split.begin() + 2, TracedNumber{channels / groups});
  Ints order(split.size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[1], order[2]);
  c.result(c.reshape(c.add("Transpose", {c.reshape(c.value("self"), split)}, {{"perm", order}}), c.tensor("self").dims));
}

/// libtorch lists pads from the last axis on, ONNX all beginnings and then all ends.
void pad(Conversion& c, const std::string& mode, double value) {
  const Ints given = c.integers("pad" + std::string(c.has("pad") ? "" : "ding"));
  const auto rank = static_cast<std::size_t>(c.rank("self"));
  Ints pads(2 * rank, 0);
  for (std::size_t i = 0; i < given.size() / 2; ++i) {
    pads[rank - 1 - i] = given[2 * i];
    pads[2 * rank - 1 - i] = given[2 * i + 1];
  }
  const ValueId x = c.value("self");
  std::vector<ValueId> inputs = {x, c.list(pads)};
  if (mode == "constant") inputs.push_back(c.scalar(value, c.output_type()));
  c.result(c.add("Pad", inputs, {{"mode", mode}}));
}
void convert_constant_pad(Conversion& c) { pad(c, "constant", c.real_or("value", 0)); }
void convert_reflection_pad(Conversion& c) { pad(c, "reflect", 0); }
void convert_replication_pad(Conversion& c) { pad(c, "edge", 0); }

}  // namespace

std::span<const Converter> shape_converters() {
  static constexpr Converter table[] = {
      {"aten::_reshape_alias", convert_view},
      {"aten::_to_copy", convert_to},
      {"aten::_unsafe_view", convert_view},
      {"aten::alias", pass},
      {"aten::cat", convert_cat},
      {"aten::channel_shuffle", convert_channel_shuffle},
      {"aten::clone", pass},
      {"aten::constant_pad_nd", convert_constant_pad},
      {"aten::contiguous", pass},
      {"aten::detach", pass},
      {"aten::expand", convert_expand},
      {"aten::expand_as", convert_expand},
      {"aten::flatten", convert_flatten},
      {"aten::permute", convert_permute},
      {"aten::reflection_pad2d", convert_reflection_pad},
      {"aten::repeat", convert_repeat},
      {"aten::replication_pad2d", convert_replication_pad},
      {"aten::reshape", convert_view},
      {"aten::reshape_as", convert_view},
      {"aten::squeeze", convert_squeeze},
      {"aten::stack", convert_stack},
      {"aten::t", convert_transpose},
      {"aten::to", convert_to},
      {"aten::transpose", convert_transpose},
      {"aten::type_as", convert_to},
      {"aten::unflatten", convert_view},
      {"aten::unsqueeze", convert_unsqueeze},
      {"aten::view", convert_view},
      {"aten::view_as", convert_view},
  };
  return table;
}

}  // namespace mien::exporting
