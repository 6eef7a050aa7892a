// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mien/neighbours/vector_set.h"

namespace mien {

/// The different vectors of a set, in the order of their first appearance, and which samples have each.
struct Vertices {
  std::int64_t dims = 0;
  std::vector<float> points;          ///< [count, dims]; -0 is 0
  std::vector<std::int64_t> first;    ///< [count + 1]: vertex v has members[first[v]] .. members[first[v + 1] - 1]
  std::vector<std::int64_t> members;  ///< samples, rising within a vertex

  std::int64_t count() const { return static_cast<std::int64_t>(first.size()) - 1; }
  const float* point(std::int64_t v) const { return points.data() + v * dims; }
  std::span<const std::int64_t> members_of(std::int64_t v) const {
    const auto begin = static_cast<std::size_t>(first[static_cast<std::size_t>(v)]);
    return {members.data() + begin, static_cast<std::size_t>(first[static_cast<std::size_t>(v) + 1]) - begin};
  }
};

Vertices vertices_of(const VectorSet& vectors);

}  // namespace mien
