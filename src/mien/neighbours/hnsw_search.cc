// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/hnsw_search.h"

#include <hnswlib/hnswlib.h>

namespace mien {

struct HnswSearch::Index {
  hnswlib::L2Space space;
  hnswlib::HierarchicalNSW<float> graph;
  std::size_t wanted;

  Index(const Vertices& vertices, const NeighbourOptions& options)
      : space(static_cast<std::size_t>(vertices.dims)),
        graph(&space, static_cast<std::size_t>(vertices.count()), static_cast<std::size_t>(options.hnsw_links),
              static_cast<std::size_t>(options.hnsw_build)),
        wanted(static_cast<std::size_t>(std::max(options.hnsw_search, options.k + 1))) {
    graph.setEf(wanted);
    for (std::int64_t v = 0; v < vertices.count(); ++v) graph.addPoint(vertices.point(v), static_cast<std::size_t>(v));
  }
};

HnswSearch::HnswSearch(const Vertices& vertices, const NeighbourOptions& options)
    : vertices_(vertices), index_(std::make_unique<Index>(vertices, options)) {}
HnswSearch::~HnswSearch() = default;

void HnswSearch::search(std::int64_t v, Nearest& nearest) const {
  nearest.clear();
  const auto offer = [&](std::int64_t other) {
    nearest.offer(squared_distance(vertices_.point(v), vertices_.point(other), vertices_.dims), vertices_.members_of(other));
  };
  for (auto found = index_->graph.searchKnn(vertices_.point(v), index_->wanted); !found.empty(); found.pop())
    offer(static_cast<std::int64_t>(found.top().second));
  if (nearest.full()) return;
  nearest.clear();  // a corner of the graph with too few ways out
  for (std::int64_t other = 0; other < vertices_.count(); ++other) offer(other);
}

}  // namespace mien
