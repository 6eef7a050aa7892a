// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/neighbours/nearest.h"
#include "mien/neighbours/vertices.h"

namespace mien {

/// Exact search among vertices: a k-d tree whose nodes know the box around their points. A leaf holds up to 64 points, whose
/// distances to a query are computed side by side in float; only what could be near enough is computed again in double, which
/// alone decides. Where boxes do not help (uniform vectors of many places) it becomes a scan of all leaves. `vertices` must
/// outlive it. Safe to search from many threads.
class BoxTree {
 public:
  explicit BoxTree(const Vertices& vertices);

  /// The nearest samples of vertex `v`, its own members at distance 0 among them. Returns how many leaves it looked into.
  std::int64_t search(std::int64_t v, Nearest& nearest) const;

  std::int64_t leaf_count() const { return static_cast<std::int64_t>(leaves_.size()); }
  /// The vertices of a leaf. Neighbours in the tree are looked up one after the other, which keeps their surroundings in the
  /// cache.
  std::span<const std::int32_t> leaf(std::int64_t l) const;

 private:
  struct Node {
    std::int32_t begin, end;              ///< places in order_
    std::int32_t lower = -1, upper = -1;  ///< children; none in a leaf
    std::int32_t leaf = -1;               ///< number of the leaf; -1 where there are children
    std::int64_t first_sample;            ///< the lowest index below, which decides between equal distances
  };
  struct Query;

  std::int32_t add_node(std::int32_t begin, std::int32_t end);
  void measure(std::int32_t node);
  std::int32_t split(std::int32_t begin, std::int32_t end);
  void fill_leaf(std::int32_t node);
  const float* box(std::int32_t node) const;
  double box_distance(std::int32_t node, const float* point) const;
  bool may_have(std::int32_t node, float rough_distance, const Query& query) const;
  void visit(std::int32_t node, float rough_distance, Query& query) const;
  void scan(const Node& node, Query& query) const;

  const Vertices& vertices_;
  std::int64_t box_length_;          ///< dims, rounded up for vector instructions
  std::vector<std::int32_t> order_;  ///< vertices, those of a node side by side
  std::vector<Node> nodes_;
  std::vector<float> boxes_;          ///< [nodes, 2, box_length_]: lowest and highest values
  std::vector<float> blocks_;         ///< [leaves, dims, 64]
  std::vector<std::int32_t> leaves_;  ///< their nodes
};

}  // namespace mien
