// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/vertices.h"

#include <string_view>
#include <unordered_map>

namespace mien {

Vertices vertices_of(const VectorSet& vectors) {
  const std::int64_t count = vectors.count();
  std::vector<float> plain(vectors.values.begin(), vectors.values.end());
  for (float& value : plain) value += 0.0f;  // -0 becomes 0, so that equal vectors have equal bytes
  const auto bytes_of = [&](std::int64_t i) {
    return std::string_view(reinterpret_cast<const char*>(plain.data() + i * vectors.dims),
                            static_cast<std::size_t>(vectors.dims) * sizeof(float));
  };
  std::unordered_map<std::string_view, std::int64_t> known;
  std::vector<std::int64_t> vertex_of(static_cast<std::size_t>(count));
  Vertices result{.dims = vectors.dims, .points = {}, .first = {0}, .members = {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto [place, is_new] = known.try_emplace(bytes_of(i), static_cast<std::int64_t>(known.size()));
    if (is_new) {
      const float* point = plain.data() + i * vectors.dims;
      result.points.insert(result.points.end(), point, point + vectors.dims);
      result.first.push_back(0);
    }
    vertex_of[static_cast<std::size_t>(i)] = place->second;
    ++result.first[static_cast<std::size_t>(place->second) + 1];
  }
  for (std::size_t v = 1; v < result.first.size(); ++v) result.first[v] += result.first[v - 1];
  result.members.resize(static_cast<std::size_t>(count));
  auto next = result.first;
  for (std::int64_t i = 0; i < count; ++i)
    result.members[static_cast<std::size_t>(next[static_cast<std::size_t>(vertex_of[static_cast<std::size_t>(i)])]++)] = i;
  return result;
}

}  // namespace mien
