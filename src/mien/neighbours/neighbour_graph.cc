// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_graph.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/neighbours/box_tree.h"
#include "mien/neighbours/hnsw_search.h"

namespace mien {

namespace {

/// What a look-up with hnsw costs, building its graph included, in leaves of the exact search: measured, see
/// docs/results/neighbours.md.
constexpr double hnsw_cost_in_leaves = 1300;
constexpr std::int64_t batch = 256;  ///< look-ups of one thread

/// Leaves that a look-up visits, the mean over some vertices.
double mean_leaves(const BoxTree& tree, const Vertices& vertices, std::int64_t k) {
  constexpr std::int64_t samples = 256;
  Nearest nearest(k + 1);
  double leaves = 0;
  for (std::int64_t s = 0; s < samples; ++s) leaves += static_cast<double>(tree.search(s * vertices.count() / samples, nearest));
  return leaves / samples;
}

bool takes_hnsw(const NeighbourOptions& options, const BoxTree& tree, const Vertices& vertices) {
  return options.search == "auto" && mean_leaves(tree, vertices, options.k) > hnsw_cost_in_leaves;
}

/// The nearest samples of a vertex, less itself, are the neighbours of each of its members.
void write_rows(const Vertices& vertices, std::int64_t v, const Nearest& nearest, NeighbourGraph& graph) {
  for (const std::int64_t member : vertices.members_of(v)) {
    std::int64_t place = member * graph.k;
    const std::int64_t end = place + graph.k;
    for (const auto& candidate : nearest.sorted()) {
      if (candidate.index == member || place == end) continue;
      graph.indices[static_cast<std::size_t>(place)] = candidate.index;
      graph.distances[static_cast<std::size_t>(place++)] = std::sqrt(candidate.squared);
    }
  }
}

/// In the order of the tree's leaves.
void search_exactly(const BoxTree& tree, const Vertices& vertices, int threads, NeighbourGraph& graph) {
  constexpr std::int64_t leaves_at_once = 8;
  parallel_for((tree.leaf_count() + leaves_at_once - 1) / leaves_at_once, threads, [&](std::int64_t part) {
    Nearest nearest(graph.k + 1);
    for (std::int64_t l = part * leaves_at_once; l < std::min(tree.leaf_count(), (part + 1) * leaves_at_once); ++l)
      for (const std::int32_t v : tree.leaf(l)) {
        tree.search(v, nearest);
        write_rows(vertices, v, nearest, graph);
      }
  });
}

void search_with_hnsw(const Vertices& vertices, const NeighbourOptions& options, int threads, NeighbourGraph& graph) {
  const HnswSearch search(vertices, options);
  parallel_for((vertices.count() + batch - 1) / batch, threads, [&](std::int64_t part) {
    Nearest nearest(graph.k + 1);
    for (std::int64_t v = part * batch; v < std::min(vertices.count(), (part + 1) * batch); ++v) {
      search.search(v, nearest);
      write_rows(vertices, v, nearest, graph);
    }
  });
}

}  // namespace

NeighbourGraph build_neighbour_graph(const VectorSet& vectors, const NeighbourOptions& options, int threads) {
  check_vectors(vectors);
  if (options.k < 1 || options.k >= vectors.count())
    throw Error(ErrorCode::bad_data,
                fmt::format("{} neighbours of each of {} vectors were asked for", options.k, vectors.count()),
                "there must be more vectors than neighbours: set neighbours.k or give more data");
  const Vertices vertices = vertices_of(vectors);
  NeighbourGraph graph{.count = vectors.count(), .k = options.k, .indices = {}, .distances = {}, .search = "exact"};
  graph.indices.resize(static_cast<std::size_t>(graph.count * graph.k));
  graph.distances.resize(graph.indices.size());
  if (options.search != "hnsw") {
    const BoxTree tree(vertices);
    if (!takes_hnsw(options, tree, vertices)) {
      search_exactly(tree, vertices, threads, graph);
      return graph;
    }
  }
  graph.search = "hnsw";
  search_with_hnsw(vertices, options, threads, graph);
  return graph;
}

std::vector<double> edge_weights(const NeighbourGraph& graph, double sigma, bool squared) {
  std::vector<double> weights;
  weights.reserve(graph.distances.size());
  for (const double d : graph.distances) weights.push_back(std::exp(-(squared ? d * d : d) / (sigma * sigma)));
  return weights;
}

}  // namespace mien
