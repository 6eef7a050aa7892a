// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/neighbours/nearest.h"
#include "mien/neighbours/neighbour_options.h"
#include "mien/neighbours/vertices.h"

namespace mien {

/// Approximate search among vertices with hnswlib (Malkov and Yashunin 2018). Built on one thread, which makes it the same every
/// time. Candidates are ranked by their exact distances. `vertices` must outlive it. Safe to search from many threads.
class HnswSearch {
 public:
  HnswSearch(const Vertices& vertices, const NeighbourOptions& options);
  ~HnswSearch();

  /// Near samples of vertex `v`, its own members among them; full whenever there are enough samples.
  void search(std::int64_t v, Nearest& nearest) const;

 private:
  struct Index;
  const Vertices& vertices_;
  std::unique_ptr<Index> index_;
};

}  // namespace mien
