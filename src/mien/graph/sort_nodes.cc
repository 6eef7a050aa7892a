// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>
#include <queue>

#include "mien/base/error.h"
#include "mien/graph/graph.h"
#include "mien/graph/names.h"

namespace mien::graph {

namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::bad_file, what); }

const std::string& name_of_value(const Graph& graph, ValueId id) { return graph.values[static_cast<std::size_t>(id)].name; }

constexpr std::int32_t nobody = -1, the_caller = -2;  // beside the indices of nodes

[[noreturn]] void fail_for_second_maker(const Graph& graph, const Node& node, ValueId id, std::int32_t first) {
  const std::string rival = graph.constant(id) != nullptr ? "is a constant already"
                            : first == the_caller
                                ? "is an input of the graph already"
                                : graph.nodes[static_cast<std::size_t>(first)].label() + " makes already";
  fail(fmt::format("{}: makes the value {}, which {}", node.label(), quote_name(name_of_value(graph, id)), rival));
}

/// Every value that a node makes is made once, and is neither an input nor a constant.
void check_makers(const Graph& graph) {
  std::vector<std::int32_t> maker(graph.values.size(), nobody);
  for (const auto& port : graph.inputs) {
    maker.at(static_cast<std::size_t>(port.value)) = the_caller;
    if (graph.constant(port.value) != nullptr)
      fail(fmt::format("the graph's input {} is a constant too", quote_name(name_of_value(graph, port.value))));
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const auto id : graph.nodes[i].outputs) {
      if (id == no_value) continue;
      auto& first = maker.at(static_cast<std::size_t>(id));
      if (first != nobody || graph.constant(id) != nullptr) fail_for_second_maker(graph, graph.nodes[i], id, first);
      first = static_cast<std::int32_t>(i);
    }
}

/// Every value that is read has a maker.
void check_sources(const Graph& graph, const Uses& uses) {
  std::vector<bool> known(graph.values.size(), false);
  for (const auto& port : graph.inputs) known[static_cast<std::size_t>(port.value)] = true;
  for (std::size_t id = 0; id < graph.values.size(); ++id) {
    if (known[id] || uses.producer[id] >= 0 || graph.values[id].constant) continue;
    const auto name = [&] { return quote_name(graph.values[id].name); };
    if (!uses.readers[id].empty())
      fail(fmt::format("{}: reads the value {}, which no node makes and which is neither an input nor an initialiser",
                       graph.nodes[static_cast<std::size_t>(uses.readers[id].front())].label(), name()));
    if (uses.is_output[id]) fail(fmt::format("no node makes the graph's output {}", name()));
  }
}

/// Calls `visit` with every node that makes a value which this node reads.
void for_each_source(const Node& node, const Uses& uses, const std::function<void(std::int32_t)>& visit) {
  const auto source = [&](ValueId id) {
    if (id != no_value && uses.producer[static_cast<std::size_t>(id)] >= 0) visit(uses.producer[static_cast<std::size_t>(id)]);
  };
  for (const auto id : node.inputs) source(id);
  for (const auto& post : node.post) source(post.other);
}

/// Walks from an unsorted node to unsorted sources until it comes to one for the second time: that one is on the cycle.
[[noreturn]] void fail_for_cycle(const Graph& graph, const Uses& uses, const std::vector<bool>& sorted) {
  std::vector<bool> seen(graph.nodes.size(), false);
  std::size_t at = 0;
  while (sorted[at]) ++at;
  while (!seen[at]) {
    seen[at] = true;
    for_each_source(graph.nodes[at], uses, [&, here = at](std::int32_t source) {
      if (at == here && !sorted[static_cast<std::size_t>(source)]) at = static_cast<std::size_t>(source);
    });
  }
  fail(fmt::format("{}: depends on its own result", graph.nodes[at].label()));
}

/// Kahn's algorithm; among the nodes that are ready the one that stands first in the file is next.
std::vector<std::int32_t> sorted_order(const Graph& graph, const Uses& uses) {
  std::vector<std::int64_t> missing(graph.nodes.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) for_each_source(graph.nodes[i], uses, [&](std::int32_t) { ++missing[i]; });
  std::priority_queue<std::int32_t, std::vector<std::int32_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] == 0) ready.push(static_cast<std::int32_t>(i));
  std::vector<std::int32_t> order;
  std::vector<bool> sorted(graph.nodes.size(), false);
  while (!ready.empty()) {
    const auto index = ready.top();
    ready.pop();
    order.push_back(index);
    sorted[static_cast<std::size_t>(index)] = true;
    for (const auto id : graph.nodes[static_cast<std::size_t>(index)].outputs) {
      if (id == no_value) continue;
      for (const auto reader : uses.readers[static_cast<std::size_t>(id)])
        if (--missing[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
    }
  }
  if (order.size() != graph.nodes.size()) fail_for_cycle(graph, uses, sorted);
  return order;
}

/// The nodes on which an output depends; `order` is sorted.
std::vector<bool> needed_nodes(const Graph& graph, const Uses& uses, const std::vector<std::int32_t>& order) {
  std::vector<bool> needed(graph.nodes.size(), false);
  for (const auto& port : graph.outputs) {
    const auto maker = uses.producer[static_cast<std::size_t>(port.value)];
    if (maker >= 0) needed[static_cast<std::size_t>(maker)] = true;
  }
  for (auto index = order.rbegin(); index != order.rend(); ++index)
    if (needed[static_cast<std::size_t>(*index)])
      for_each_source(graph.nodes[static_cast<std::size_t>(*index)], uses,
                      [&](std::int32_t source) { needed[static_cast<std::size_t>(source)] = true; });
  return needed;
}

}  // namespace

void sort_nodes(Graph& graph) {
  check_makers(graph);
  const Uses uses = uses_of(graph);
  check_sources(graph, uses);
  const auto order = sorted_order(graph, uses);
  const auto needed = needed_nodes(graph, uses, order);
  std::vector<Node> nodes;
  for (const auto index : order)
    if (needed[static_cast<std::size_t>(index)]) nodes.push_back(std::move(graph.nodes[static_cast<std::size_t>(index)]));
  graph.nodes = std::move(nodes);
}

}  // namespace mien::graph
