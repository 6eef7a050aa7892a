// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>

#include "mien/runtime/engine/program.h"

namespace mien::runtime::engine {

namespace {

constexpr std::size_t alignment = 64;

bool live_together(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

/// The buffers that have a place, by stretches of steps, so that those alive at one time are found among few.
class Placed {
 public:
  explicit Placed(const std::vector<Buffer>& buffers) {
    std::int32_t last = 0;
    for (const auto& buffer : buffers) last = std::max({last, buffer.first, buffer.last == INT32_MAX ? 0 : buffer.last});
    stretches_.resize(static_cast<std::size_t>(last) / steps_a_stretch + 2);
  }

  void add(const Buffer& buffer) {
    for (auto i = stretch(buffer.first); i <= stretch(buffer.last); ++i) stretches_[i].push_back(&buffer);
  }

  /// Those that live together with the buffer, by offset.
  std::vector<const Buffer*> beside(const Buffer& buffer) const {
    std::vector<const Buffer*> found;
    for (auto i = stretch(buffer.first); i <= stretch(buffer.last); ++i)
      std::copy_if(stretches_[i].begin(), stretches_[i].end(), std::back_inserter(found),
                   [&](const Buffer* other) { return live_together(buffer, *other); });
    std::sort(found.begin(), found.end(), [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
    return found;
  }

 private:
  static constexpr std::size_t steps_a_stretch = 32;

  std::size_t stretch(std::int32_t step) const {
    return std::min(static_cast<std::size_t>(std::max(step, 0)) / steps_a_stretch, stretches_.size() - 1);
  }

  std::vector<std::vector<const Buffer*>> stretches_;
};

/// The lowest offset that is free in the whole life of `buffer`.
std::size_t lowest_gap(const Buffer& buffer, const Placed& placed) {
  std::size_t offset = 0;
  for (const Buffer* other : placed.beside(buffer)) {
    if (offset + buffer.bytes <= other->offset) break;
    offset = std::max(offset, other->offset + other->bytes);
  }
  return offset;
}

}  // namespace

std::size_t place_buffers(std::vector<Buffer>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return buffers[a].bytes > buffers[b].bytes; });
  Placed placed(buffers);
  std::size_t total = 0;
  for (const auto i : order) {
    auto& buffer = buffers[i];
    buffer.bytes = (buffer.bytes + alignment - 1) / alignment * alignment;
    buffer.offset = lowest_gap(buffer, placed);
    total = std::max(total, buffer.offset + buffer.bytes);
    placed.add(buffer);
  }
  return total;
}

}  // namespace mien::runtime::engine
