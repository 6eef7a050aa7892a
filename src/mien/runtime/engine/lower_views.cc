// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Nodes that only look at their operand in another way: other dims, another order, a part. None of them copies anything.
#include <algorithm>
#include <numeric>

#include "mien/runtime/engine/builder.h"

namespace mien::runtime::engine {

namespace {

/// A later copy, should one be needed, is a reorder.
bool can_be_looked_at(const Builder& b, const Operand& source, ValueId result) {
  return dnnl_type(source.format.storage, source.type) != dnnl::memory::data_type::undef && !source.dims.empty() &&
         graph::element_count(b.dims(result)) > 0 && b.dims(result).size() <= DNNL_MAX_NDIMS;
}

}  // namespace

bool lower_reshape(Builder& b, const Node& node) {
  static const std::set<std::string> names = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"};
  if (!node.domain.empty() || !names.contains(node.op) || !node.post.empty()) return false;
  const auto result = node.outputs[0];
  const auto source = b.look(node.inputs[0]);
  if (can_be_looked_at(b, source, result))
    if (auto strides = reshaped_strides(source.dims, source.steps(), b.dims(result))) {
      b.view(result, source, std::move(*strides));
      return true;
    }
  Format format = source.format;
  format.channels_last = false;
  b.alias(result, format, b.get(node.inputs[0], format));
  return true;
}

bool lower_transpose(Builder& b, const Node& node) {
  if (!node.domain.empty() || node.op != "Transpose" || !node.post.empty()) return false;
  const auto source = b.look(node.inputs[0]);
  if (!can_be_looked_at(b, source, node.outputs[0])) return false;
  const auto rank = source.dims.size();
  auto order = node.integers("perm");
  if (order.empty())
    for (std::size_t i = rank; i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  const auto from = source.steps();
  Dims strides(rank);
  std::transform(order.begin(), order.end(), strides.begin(), [&](auto axis) { return from[static_cast<std::size_t>(axis)]; });
  b.view(node.outputs[0], source, std::move(strides));
  return true;
}

namespace {

/// Integers that a node has as an attribute or as an input; nullopt when they are neither there nor known.
std::optional<Dims> integers_of(const Builder& b, const Node& node, const char* key, std::size_t input) {
  if (node.has(key)) return node.integers(key);
  const auto* constant = b.constant(node.input(input));
  return constant ? std::optional(constant->integers()) : std::nullopt;
}

std::size_t axis_of(std::int64_t axis, const Dims& dims) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(dims.size()) : axis);
}

/// `size` elements along an axis from `start` on.
Operand part_of(const Operand& whole, std::size_t axis, std::int64_t start, std::int64_t size) {
  Operand part = whole;
  part.strides = whole.steps();
  part.dims[axis] = size;
  part.offset += static_cast<std::size_t>(start * part.strides[axis]) * bytes_per_element(part.format.storage, part.type);
  return part;
}

bool lower_slice(Builder& b, const Node& node, const Operand& source) {
  const auto starts = integers_of(b, node, "starts", 1);
  auto axes = integers_of(b, node, "axes", 3), steps = integers_of(b, node, "steps", 4);
  if (!starts || (!axes && node.input(3) != graph::no_value) || (!steps && node.input(4) != graph::no_value)) return false;
  if (!axes) axes = Dims(starts->size()), std::iota(axes->begin(), axes->end(), 0);
  if (!steps) steps = Dims(starts->size(), 1);
  auto strides = source.steps();
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const auto axis = axis_of((*axes)[i], source.dims);
    const auto size = source.dims[axis], start = (*starts)[i];
    if ((*steps)[i] < 1) return false;
    offset += std::clamp<std::int64_t>(start < 0 ? start + size : start, 0, size) * strides[axis];
    strides[axis] *= (*steps)[i];
  }
  b.view(node.outputs[0], source, std::move(strides), offset);
  return true;
}

bool lower_split(Builder& b, const Node& node, const Operand& source) {
  const auto strides = source.steps();
  const auto axis = axis_of(node.integer("axis", 0), source.dims);
  std::int64_t start = 0;
  for (const auto result : node.outputs) {
    if (result == graph::no_value) return false;
    b.view(result, source, strides, start * strides[axis]);
    start += b.dims(result)[axis];
  }
  return true;
}

bool lower_gather(Builder& b, const Node& node, const Operand& source) {
  const auto* index = b.constant(node.inputs[1]);
  if (!index || index->size() != 1 || index->dims().size() > 1) return false;
  const auto axis = axis_of(node.integer("axis", 0), source.dims);
  auto strides = source.steps();
  const auto at = index->integers()[0];
  const auto offset = (at < 0 ? at + source.dims[axis] : at) * strides[axis];
  if (index->dims().empty()) strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(axis));
  b.view(node.outputs[0], source, std::move(strides), offset);
  return true;
}

}  // namespace

bool lower_concat(Builder& b, const Node& node) {
  if (!node.domain.empty() || node.op != "Concat" || !node.post.empty()) return false;
  const auto result = node.outputs[0];
  const auto rank = b.dims(result).size();
  const auto storage = b.type(result) == DataType::f32 ? b.float_format(result).storage : Storage::native;
  if (dnnl_type(storage, b.type(result)) == dnnl::memory::data_type::undef || graph::element_count(b.dims(result)) == 0 ||
      rank > DNNL_MAX_NDIMS)
    return false;
  const auto axis = axis_of(node.integer("axis", 0), b.dims(result));
  const auto whole = b.make(result, {storage});
  std::int64_t start = 0;
  for (const auto input : node.inputs) {
    const auto size = b.dims(input)[axis];
    if (graph::element_count(b.dims(input)) > 0) b.copy(b.look(input), part_of(whole, axis, start, size));
    start += size;
  }
  return true;
}

bool lower_part(Builder& b, const Node& node) {
  const bool known = node.op == "Slice" || node.op == "Split" || node.op == "Gather";
  if (!node.domain.empty() || !known || !node.post.empty() || b.constant(node.inputs[0])) return false;
  const auto source = b.look(node.inputs[0]);
  for (const auto result : node.outputs)
    if (result == graph::no_value || !can_be_looked_at(b, source, result) || b.dims(result).empty()) return false;
  if (node.op == "Slice") return lower_slice(b, node, source);
  return node.op == "Split" ? lower_split(b, node, source) : lower_gather(b, node, source);
}

}  // namespace mien::runtime::engine
