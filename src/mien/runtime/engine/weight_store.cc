// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/weight_store.h"

#include <algorithm>

#include "mien/base/error.h"
#include "mien/runtime/engine/movable_weights.h"

namespace mien::runtime::engine {

namespace {

constexpr std::int64_t bytes_a_piece = 8 << 20;

dnnl::primitive_attr divided_by(const std::vector<float>& scales, int mask) {
  dnnl::primitive_attr attributes;
  if (scales.empty()) return attributes;
  std::vector<float> factors(scales.size());
  std::transform(scales.begin(), scales.end(), factors.begin(), [](float scale) { return 1 / scale; });
  attributes.set_output_scales(mask, factors);
  return attributes;
}

void convert(dnnl::memory from, dnnl::memory to, const dnnl::primitive_attr& attributes = {}) {
  dnnl::stream stream(cpu());
  dnnl::reorder(from, to, attributes).execute(stream, from, to);
  stream.wait();
}

/// How many elements along `dim` lie together in a block of this layout.
std::int64_t block_along(const dnnl::memory::desc& desc, int dim) {
  const auto& blocking = desc.data.format_desc.blocking;
  std::int64_t block = 1;
  for (int i = 0; i < blocking.inner_nblks; ++i)
    if (blocking.inner_idxs[i] == dim) block *= blocking.inner_blks[i];
  return block;
}

/// A layout cut into pieces that follow each other in memory.
struct Pieces {
  int dim = 0;             ///< the outermost one
  std::int64_t rows = 1;   ///< of a piece, along that dim
  std::int64_t bytes = 0;  ///< of a row
};

Pieces pieces_of(const dnnl::memory::desc& from, const dnnl::memory::desc& to) {
  const auto& strides = from.data.format_desc.blocking.strides;
  Pieces pieces;
  for (int d = 1; d < from.data.ndims; ++d)
    if (strides[d] > strides[pieces.dim]) pieces.dim = d;
  pieces.bytes = strides[pieces.dim] * static_cast<std::int64_t>(sizeof(float));
  const auto block = block_along(to, pieces.dim);
  pieces.rows = std::max<std::int64_t>(1, bytes_a_piece / (pieces.bytes * block)) * block;
  return pieces;
}

/// Converts f32 piece by piece and gives the memory of what was read back. False, with nothing done, when the layout has no
/// pieces.
bool convert_in_pieces(graph::Tensor& source, const dnnl::memory::desc& from, dnnl::memory& to) {
  const auto wanted = to.get_desc();
  const auto pieces = pieces_of(from, wanted);
  auto dims = from.dims();
  const auto rows = dims[static_cast<std::size_t>(pieces.dim)];
  dnnl::memory::dims offset(dims.size(), 0);
  for (std::int64_t row = 0; row < rows; row += pieces.rows) {
    dims[static_cast<std::size_t>(pieces.dim)] = std::min(pieces.rows, rows - row);
    offset[static_cast<std::size_t>(pieces.dim)] = row;
    const auto part = wanted.submemory_desc(dims, offset, /*allow_empty=*/true);
    if (!part) return false;  // the first piece says so for all
    dnnl::memory::dims strides(from.data.format_desc.blocking.strides, from.data.format_desc.blocking.strides + dims.size());
    convert({{dims, dnnl::memory::data_type::f32, strides}, cpu(), source.raw() + row * pieces.bytes},
            {part, cpu(), to.get_data_handle()});
    source.discard_front(static_cast<std::size_t>((row + dims[static_cast<std::size_t>(pieces.dim)]) * pieces.bytes));
  }
  return true;
}

/// Both describe the same elements in the same places, whatever dims of size one they have.
bool same_elements(const dnnl::memory::desc& a, const dnnl::memory::desc& b) {
  const auto walk = [](const dnnl::memory::desc& desc) {
    std::vector<std::pair<std::int64_t, std::int64_t>> steps;
    for (int d = 0; d < desc.data.ndims; ++d)
      if (desc.data.dims[d] > 1) steps.emplace_back(desc.data.dims[d], desc.data.format_desc.blocking.strides[d]);
    return steps;
  };
  return a.data_type() == b.data_type() && walk(a) == walk(b);
}

bool same_form(const WeightForm& a, const WeightForm& b) {
  return a.wanted == b.wanted && a.scales == b.scales && a.scale_mask == b.scale_mask && same_elements(a.source, b.source);
}

void convert(const graph::Tensor& numbers, const WeightForm& form, dnnl::memory& to) {
  auto* at = const_cast<std::byte*>(numbers.raw());  // oneDNN has no read-only memory
  convert({form.source, cpu(), at}, to, divided_by(form.scales, form.scale_mask));
}

/// Converts one layout into another of the same weight without the numbers between. False when oneDNN cannot look at the first
/// one with the dims of the second.
bool rearrange(const WeightForm& held, const dnnl::memory& memory, const WeightForm& form, dnnl::memory& to) {
  if (!same_elements(held.source, form.source)) return false;
  const auto seen = memory.get_desc().reshape(form.wanted.dims(), /*allow_empty=*/true);
  if (!seen) return false;
  convert({seen, cpu(), memory.get_data_handle()}, to);
  return true;
}

/// The numbers behind a layout.
graph::Tensor unpacked(const WeightForm& held, const dnnl::memory& memory, const Dims& dims) {
  graph::Tensor numbers(DataType::f32, dims);
  convert(memory, {held.source, cpu(), numbers.raw()});
  return numbers;
}

graph::Tensor rounded_to_bf16(const graph::Tensor& numbers) {
  const Dims all = {numbers.size()};
  graph::Tensor rounded(DataType::f32, numbers.dims());
  dnnl::memory low(describe(all, {Storage::bf16}), cpu());
  convert({describe(all, {}), cpu(), const_cast<std::byte*>(numbers.raw())}, low);
  convert(low, {describe(all, {}), cpu(), rounded.raw()});
  return rounded;
}

}  // namespace

dnnl::memory prepare(const graph::Tensor& numbers, const WeightForm& form) {
  dnnl::memory made(form.wanted, cpu());
  convert(numbers, form, made);
  return made;
}

void WeightStore::take_over(graph::Graph& graph, std::optional<Storage> held_as) {
  held_as_ = held_as;
  for (const auto& value : graph.values) is_constant_.push_back(value.constant.has_value());
  for (const auto id : movable_weights(graph)) {
    auto& constant = *graph.values[static_cast<std::size_t>(id)].constant;
    auto& mine = weight(id, &constant);
    mine.taken_over = true;
    constant.release_data();
  }
  for (std::size_t i = 0; i < graph.values.size(); ++i)
    if (const auto& constant = graph.values[i].constant; constant && constant->has_data())
      by_address_.emplace(constant->raw(), static_cast<ValueId>(i));
}

std::optional<ValueId> WeightStore::origin(ValueId id, const graph::Tensor& constant) const {
  if (static_cast<std::size_t>(id) < is_constant_.size() && is_constant_[static_cast<std::size_t>(id)]) return id;
  const auto found = by_address_.find(constant.raw());
  return found != by_address_.end() ? std::optional(found->second) : std::nullopt;
}

WeightStore::Weight& WeightStore::weight(ValueId origin, const graph::Tensor* constant) {
  const std::lock_guard lock(mutex_);
  auto& mine = weights_[origin];
  if (!mine) mine = std::make_unique<Weight>();
  if (constant && !mine->taken_over && !mine->numbers.has_data()) mine->numbers = *constant;
  return *mine;
}

dnnl::memory WeightStore::make(Weight& weight, const WeightForm& form) const {
  dnnl::memory made(form.wanted, cpu());
  if (!weight.numbers.has_data()) {
    const auto& first = weight.held.front();
    if (!rearrange(first.form, first.memory, form, made))
      convert(unpacked(first.form, first.memory, weight.numbers.dims()), form, made);
    return made;
  }
  const bool lets_go = weight.taken_over && held_as_ && form.wanted.data_type() == dnnl_type(*held_as_, DataType::f32);
  const bool large = static_cast<std::int64_t>(weight.numbers.bytes()) > 2 * bytes_a_piece;
  if (!(lets_go && large && weight.numbers.is_sole_holder() && convert_in_pieces(weight.numbers, form.source, made)))
    convert(weight.numbers, form, made);
  if (lets_go) {
    weight.numbers.discard_front(weight.numbers.bytes());  // a heap keeps freed memory of middling size resident
    weight.numbers.release_data();
  }
  return made;
}

dnnl::memory WeightStore::get(ValueId origin, const graph::Tensor& constant, const WeightForm& form) {
  auto& mine = weight(origin, &constant);
  const std::lock_guard lock(mine.mutex);
  for (const auto& held : mine.held)
    if (same_form(held.form, form)) return held.memory;
  auto made = make(mine, form);
  mine.held.push_back({form, made});
  return made;
}

dnnl::memory WeightStore::derived(ValueId origin, const std::string& kind, const graph::Tensor& numbers, const WeightForm& form) {
  const std::lock_guard lock(mutex_);
  auto& all = derived_[{origin, kind}];
  for (const auto& held : all)
    if (same_form(held.form, form)) return held.memory;
  all.push_back({form, prepare(numbers, form)});
  return all.back().memory;
}

graph::Tensor WeightStore::numbers(ValueId origin) {
  auto& mine = weight(origin, nullptr);
  const std::lock_guard lock(mine.mutex);
  if (!mine.numbers.has_data() && mine.held.empty())
    throw Error(ErrorCode::usage, "the numbers of a weight are asked for that the model does not hold");
  if (!mine.numbers.has_data()) return unpacked(mine.held.front().form, mine.held.front().memory, mine.numbers.dims());
  return mine.taken_over && held_as_ == Storage::bf16 ? rounded_to_bf16(mine.numbers) : mine.numbers;
}

std::size_t WeightStore::bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const auto& [origin, weight] : weights_) {
    const std::lock_guard weight_lock(weight->mutex);
    if (weight->taken_over && weight->numbers.has_data()) total += weight->numbers.bytes();
    for (const auto& held : weight->held) total += held.memory.get_desc().get_size();
  }
  for (const auto& [key, all] : derived_)
    for (const auto& held : all) total += held.memory.get_desc().get_size();
  return total;
}

}  // namespace mien::runtime::engine
