// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/neighbours/neighbour_options.h"
#include "mien/neighbours/vector_set.h"

namespace mien {

/// The k nearest others of each of n vectors.
struct NeighbourGraph {
  std::int64_t count = 0, k = 0;
  std::vector<std::int64_t>
      indices;                    ///< [count, k]: by rising distance, equal distances by rising index; never the vector itself
  std::vector<double> distances;  ///< [count, k] Euclidean
  std::string search;             ///< "exact" or "hnsw": what was used
};

/// Looks for the neighbours of every vector in the Euclidean distance. Equal vectors are looked up once, so that vectors with few
/// different values, e.g. the 18 presences of Action Units, cost little. The answer depends on the vectors and options alone,
/// not on `threads` (0 = all cores); the exact one is the k first of all others by distance and index. Throws as
/// `check_vectors` does, and Error{bad_data} when there are no k others.
NeighbourGraph build_neighbour_graph(const VectorSet& vectors, const NeighbourOptions& options, int threads = 0);

/// Weights a_ij [count, k] of the edges: exp(-d / sigma^2), or exp(-d^2 / sigma^2) when `squared` (report 002 prints the
/// first form and gives no sigma).
std::vector<double> edge_weights(const NeighbourGraph& graph, double sigma, bool squared = false);

}  // namespace mien
