// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_options.h"

namespace mien {

void describe(NeighbourOptions& options, OptionTable& table) {
  table.add("neighbours", "k", &options.k, "Nearest neighbours of each vector").range(1, 1000);
  table.add("neighbours", "search", &options.search, "exact, hnsw (approximate), or auto: exact unless hnsw is much faster")
      .one_of({"auto", "exact", "hnsw"});
  table.add("neighbours", "sigma", &options.sigma, "Edges weigh exp(-distance / sigma^2)").range(1e-6, 1e6);
  table.add("neighbours", "squared", &options.squared, "Edges weigh exp(-distance^2 / sigma^2) instead");
  table.add("neighbours", "hnsw_links", &options.hnsw_links, "Links of a vector in the graph of hnsw").range(2, 200);
  table.add("neighbours", "hnsw_build", &options.hnsw_build, "Candidates that hnsw keeps while it inserts a vector")
      .range(1, 10000);
  table.add("neighbours", "hnsw_search", &options.hnsw_search, "Candidates that hnsw keeps while it looks for neighbours")
      .range(1, 10000);
}

}  // namespace mien
