// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/graph/graph.h"
#include "mien/operators/operators.h"
#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime {

/// Changes a graph node by node and keeps track of who makes and who reads each value, at constant cost a change. Nodes keep
/// their index while the editor lives; a node whose results nobody needs any more dies at once, and so do those that fed only
/// it, and so does a constant that was read and is read no more. finish() then removes dead nodes and lets go of the constants
/// that nobody read at all. Passes go over `order()`.
class GraphEditor {
 public:
  explicit GraphEditor(graph::Graph& graph) : GraphEditor(graph, nullptr) {}
  explicit GraphEditor(TypedGraph& typed) : GraphEditor(typed.graph, &typed.types) {}
  GraphEditor(const GraphEditor&) = delete;
  GraphEditor& operator=(const GraphEditor&) = delete;

  const graph::Graph& graph() const { return graph_; }
  const graph::Node& node(std::int32_t index) const { return graph_.nodes[static_cast<std::size_t>(index)]; }
  bool alive(std::int32_t index) const { return !dead_[static_cast<std::size_t>(index)]; }
  /// Indices of the living nodes, every node behind those that feed it.
  std::vector<std::int32_t> order() const;
  /// True when node a runs before node b.
  bool before(std::int32_t a, std::int32_t b) const;

  std::int32_t maker(graph::ValueId value) const;          ///< the node that makes the value; -1 for inputs, constants, none
  const graph::Node* made_by(graph::ValueId value) const;  ///< the same; null for inputs, constants, none
  std::int64_t reads(graph::ValueId value) const;          ///< how many operands of living nodes are this value
  std::int32_t sole_reader(graph::ValueId value) const;    ///< the one node that reads it once; -1: none, many, or an output
  bool is_output(graph::ValueId value) const;
  const graph::Tensor* constant(graph::ValueId value) const { return graph_.constant(value); }
  /// The number when the value is a constant float tensor of one element, else null.
  const float* scalar(graph::ValueId value) const;

  bool typed() const { return types_ != nullptr; }
  const operators::TensorType& type(graph::ValueId value) const { return (*types_)[static_cast<std::size_t>(value)]; }
  const graph::Dims& dims(graph::ValueId value) const { return type(value).dims; }

  /// A constant to be changed: the graph lets go of it when one node at most reads it, which must be replaced next; otherwise
  /// both share its memory.
  graph::Tensor take_constant(graph::ValueId value);
  graph::ValueId add_constant(const std::string& name, graph::Tensor tensor);
  /// A value that a node still to be added makes. For graphs without types.
  graph::ValueId add_value(const std::string& name);
  /// Puts a node in the place of another. Its outputs may be those of the old one or of nodes that die with it.
  void replace(std::int32_t index, graph::Node node);
  /// Adds a node that runs right behind node `index`; returns its index.
  std::int32_t insert_behind(std::int32_t index, graph::Node node);
  /// The value `index` makes (its only needed output, the first) is the value `same`: readers read `same`, the node dies. False
  /// when it must stay because a graph output cannot be renamed.
  bool bypass(std::int32_t index, graph::ValueId same);
  /// The value becomes a constant; its maker dies when it makes nothing else that is needed.
  void make_constant(graph::ValueId value, graph::Tensor tensor);

  /// Removes dead nodes. The editor must not be used afterwards.
  void finish();

 private:
  GraphEditor(graph::Graph& graph, std::vector<operators::TensorType>* types);
  void grow();
  void link(std::int32_t index);
  void unlink(std::int32_t index);
  void drop_read(graph::ValueId value, std::int32_t index);
  bool needed(const graph::Node& node, std::int32_t index) const;
  void kill_unneeded();
  void redirect(graph::ValueId from, graph::ValueId to);

  struct Use {
    std::int32_t maker = -1;
    std::int64_t reads = 0;
    std::int64_t reader_sum = 0;        ///< sum of the readers' indices: the reader itself when there is one
    std::vector<std::int32_t> readers;  ///< may name nodes that read it no more
    bool output = false;
  };
  Use& use(graph::ValueId value) { return uses_[static_cast<std::size_t>(value)]; }
  const Use& use(graph::ValueId value) const { return uses_[static_cast<std::size_t>(value)]; }

  graph::Graph& graph_;
  std::vector<operators::TensorType>* types_;
  std::vector<Use> uses_;
  std::vector<bool> dead_;
  std::vector<std::int32_t> position_;  ///< where a node runs; inserted nodes share the place of the one they stand behind
  std::vector<std::int32_t> suspects_;  ///< nodes that may have become unneeded
};

/// All operands of a node: inputs, then operands of post operations, without those left out.
std::vector<graph::ValueId> operands_of(const graph::Node& node);

}  // namespace mien::runtime
