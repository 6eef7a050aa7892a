// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mien/graph/graph.h"
#include "mien/runtime/engine/builder.h"
#include "mien/runtime/helpers.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {

using Shapes = std::vector<std::vector<std::int64_t>>;

/// What all copies of a Model and its sessions share. The mutex guards the graph's constants (compiling may release them) and
/// the programs.
struct Model::State {
  std::string origin;
  ModelOptions options;
  graph::Graph graph;  ///< simplified
  std::vector<TensorInfo> inputs, outputs;
  Precision precision = Precision::fp32;
  std::string precision_reason;
  std::optional<engine::Calibration> calibration;
  std::size_t file_weight_bytes = 0;
  int threads = 1;
  Helpers helpers;  ///< take images of a batch beside the thread that runs it

  engine::WeightStore weights;
  std::mutex mutex;
  struct Compiled {
    Shapes shapes;
    std::shared_ptr<const engine::Program> program;
  };
  std::list<Compiled> programs;  ///< most recently used first

  /// The program for these input shapes, compiled now when it is not at hand. Thread-safe.
  std::shared_ptr<const engine::Program> program_for(const Shapes& shapes);

 private:
  std::shared_ptr<const engine::Program> compile(const Shapes& shapes);
  void release(const std::string& name);
};

struct ModelAccess {
  static Model::State& state(const Model& model) { return *model.state_; }
  static std::shared_ptr<Model::State> shared(const Model& model) { return model.state_; }
};

/// Checks that `shapes` fit the declared inputs. Throws Error{usage}.
void check_shapes(const Model::State& state, const Shapes& shapes);

ElementType element_type(graph::DataType type);
graph::DataType data_type(ElementType type);

/// What `options.precision` comes to on this processor for this file, and why.
std::pair<Precision, std::string> choose_precision(Precision wanted, const std::map<std::string, std::string>& metadata);

}  // namespace mien::runtime
