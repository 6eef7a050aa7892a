// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/operators/cost.h"

namespace mien::runtime {

/// What a network may cost in all its nodes together, so that a small file cannot take minutes or gigabytes. The limits grow with
/// the numbers that are at hand, those of the file and of the inputs: networks do a bounded amount for each of them.
/// | | fixed | for each number at hand | most that known networks take |
/// |---|---|---|---|
/// | nodes | 50,000 | | 10,000 |
/// | elements of all results | 2^26 | 2^12 | 3,300 (a denoiser of 17 layers at full size) |
/// | products with weights | 2^27 | 2^20 | 6.5e5 (a face recogniser of 100 layers, many images) |
/// | other arithmetic | 2^27 | 2^14 | 5e3 (attention) |
struct Budget {
  double nodes = 0, elements = 0, products = 0, steps = 0;
};

/// @param factor   multiplies all limits; 0: no limits
/// @param at_hand  elements of the file's constants and of the inputs
Budget budget_for(double factor, double at_hand);

/// Adds up what nodes cost.
class Meter {
 public:
  explicit Meter(const Budget& budget) : budget_(budget) {}
  /// Throws Error{bad_file} that names the network and both numbers.
  void expect_nodes(const graph::Graph& graph) const;
  /// Throws Error{bad_file} that names the node, what it costs and the limit, when the sum goes past the budget.
  void charge(const graph::Node& node, const std::vector<std::optional<operators::TensorType>>& inputs,
              const std::vector<operators::TensorType>& outputs);

 private:
  Budget budget_;
  operators::Cost spent_;
};

}  // namespace mien::runtime
