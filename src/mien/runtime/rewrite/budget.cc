// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/rewrite/budget.h"

#include <fmt/format.h>

#include <limits>

#include "mien/base/error.h"

namespace mien::runtime {

namespace {

constexpr Budget fixed{50e3, 0x1p26, 0x1p27, 0x1p27};
constexpr Budget for_each{0, 0x1p12, 0x1p20, 0x1p14};

[[noreturn]] void refuse(const std::string& who, double found, double limit, const char* what) {
  throw Error(ErrorCode::bad_file,
              fmt::format("{}: the network takes {:.3g} {} up to here, the budget for it is {:.3g}", who, found, what, limit),
              "If the file is to be trusted, raise its budget (ModelOptions::budget, --model-budget 10; 0: no limit).");
}

void add(double& sum, double more, double limit, const graph::Node& node, const char* what) {
  sum += more;
  if (!(sum <= limit)) refuse(node.label(), sum, limit, what);
}

}  // namespace

Budget budget_for(double factor, double at_hand) {
  constexpr double none = std::numeric_limits<double>::infinity();
  if (factor == 0) return {none, none, none, none};
  const auto limit = [&](double base, double each) { return factor * (base + each * at_hand); };
  return {limit(fixed.nodes, for_each.nodes), limit(fixed.elements, for_each.elements), limit(fixed.products, for_each.products),
          limit(fixed.steps, for_each.steps)};
}

void Meter::expect_nodes(const graph::Graph& graph) const {
  const auto count = static_cast<double>(graph.nodes.size());
  if (count > budget_.nodes) refuse(graph.nodes[static_cast<std::size_t>(budget_.nodes)].label(), count, budget_.nodes, "nodes");
}

void Meter::charge(const graph::Node& node, const std::vector<std::optional<operators::TensorType>>& inputs,
                   const std::vector<operators::TensorType>& outputs) {
  const auto cost = operators::cost_of(node, inputs, outputs);
  add(spent_.elements, cost.elements, budget_.elements, node, "elements");
  add(spent_.products, cost.products, budget_.products, node, "products");
  add(spent_.steps, cost.steps, budget_.steps, node, "steps of arithmetic");
}

}  // namespace mien::runtime
