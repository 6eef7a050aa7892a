// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/weight_store.h"

#include <algorithm>

#include "mien/base/error.h"

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

/// Converts piece by piece and gives the memory of what was read back. False, with nothing done, when the layout has no pieces.
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

}  // namespace

dnnl::memory WeightStore::get(const WeightSource& source, const dnnl::memory::desc& wanted) {
  const std::lock_guard lock(mutex_);
  auto& held = held_[source.name];
  for (const auto& memory : held)
    if (memory.get_desc() == wanted) return memory;
  dnnl::memory made(wanted, cpu());
  auto numbers = source.take();
  if (numbers.has_data()) {
    const bool large = static_cast<std::int64_t>(numbers.bytes()) > 2 * bytes_a_piece;
    const bool in_pieces = large && source.scales.empty() && numbers.is_sole_holder();
    if (!in_pieces || !convert_in_pieces(numbers, source.layout, made))
      convert({source.layout, cpu(), numbers.raw()}, made, divided_by(source.scales, source.scale_mask));
    numbers.discard_front(numbers.bytes());  // a heap keeps freed memory of middling size resident
  } else {
    if (held.empty() || !source.scales.empty())
      throw Error(ErrorCode::bad_file, "the weights '" + source.name + "' are no longer held as numbers");
    convert(held.front(), made);
  }
  held.push_back(made);
  return made;
}

std::size_t WeightStore::bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const auto& [name, held] : held_)
    for (const auto& memory : held) total += memory.get_desc().get_size();
  return total;
}

}  // namespace mien::runtime::engine
