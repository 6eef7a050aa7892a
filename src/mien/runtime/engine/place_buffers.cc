// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "mien/runtime/engine/program.h"

namespace mien::runtime::engine {

namespace {

constexpr std::size_t alignment = 64;

bool live_together(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

/// The lowest offset that is free in the whole life of `buffer`, among those placed already (sorted by offset).
std::size_t lowest_gap(const Buffer& buffer, const std::vector<const Buffer*>& placed) {
  std::size_t offset = 0;
  for (const Buffer* other : placed) {
    if (!live_together(buffer, *other)) continue;
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
  std::vector<const Buffer*> placed;
  std::size_t total = 0;
  for (const auto i : order) {
    auto& buffer = buffers[i];
    buffer.bytes = (buffer.bytes + alignment - 1) / alignment * alignment;
    buffer.offset = lowest_gap(buffer, placed);
    total = std::max(total, buffer.offset + buffer.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer,
                                   [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; }),
                  &buffer);
  }
  return total;
}

}  // namespace mien::runtime::engine
