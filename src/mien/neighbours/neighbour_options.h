// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/base/options.h"

namespace mien {

/// How the nearest neighbours of a set of vectors are looked for, and what their edges weigh.
struct NeighbourOptions {
  std::int64_t k = 4;             ///< neighbours of each vector (report 002: 4)
  std::string search = "auto";    ///< "exact", "hnsw", or "auto": exact unless a sample shows that hnsw is much faster
  double sigma = 1;               ///< of the weights: exp(-d / sigma^2)
  bool squared = false;           ///< exp(-d^2 / sigma^2) instead
  std::int64_t hnsw_links = 16;   ///< links of a vector in hnsw's graph (its M)
  std::int64_t hnsw_build = 100;  ///< candidates that hnsw keeps while it inserts a vector (its ef_construction)
  std::int64_t hnsw_search = 64;  ///< candidates that it keeps while it looks for neighbours (its ef)
};

/// Adds the fields of `options` to `table`, section "neighbours".
void describe(NeighbourOptions& options, OptionTable& table);

}  // namespace mien
