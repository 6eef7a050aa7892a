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

/// What all copies of a Model and its sessions share. Nothing changes after it was made but the weights' layouts, which guard
/// themselves, and the list of programs.
struct Model::State {
  std::string origin;
  ModelOptions options;
  graph::Graph graph;  ///< simplified
  std::vector<TensorInfo> inputs, outputs;
  Precision precision = Precision::fp32;
  std::string precision_reason;
  std::optional<engine::Calibration> calibration;
  std::size_t file_weight_bytes = 0;
  double file_elements = 0;  ///< of the file's constants
  int threads = 1;
  Helpers helpers;  ///< take images of a batch beside the thread that runs it

  engine::WeightStore weights;

  /// The program for these input shapes, compiled now when it is not at hand. Thread-safe: other shapes are compiled meanwhile.
  std::shared_ptr<const engine::Program> program_for(const Shapes& shapes);

 private:
  /// Whoever comes first compiles and holds the lock; others that want the same shapes wait for it.
  struct Compiled {
    explicit Compiled(Shapes of) : shapes(std::move(of)) {}
    const Shapes shapes;
    std::mutex mutex;
    std::shared_ptr<const engine::Program> program;
  };
  std::shared_ptr<Compiled> entry_for(const Shapes& shapes);
  std::shared_ptr<const engine::Program> compile(const Shapes& shapes);

  std::mutex mutex_;                               ///< guards the list
  std::list<std::shared_ptr<Compiled>> compiled_;  ///< most recently used first
};

struct ModelAccess {
  static std::shared_ptr<Model::State> shared(const Model& model) { return model.state(), model.state_; }
};

/// Checks that `inputs` are what the model takes: their number, types, ranks and dims, and that all have data. Throws
/// Error{usage}.
void check_inputs(const Model::State& state, const std::vector<TensorView>& inputs);
/// The typed graph for input shapes. Throws Error{bad_file} when it goes beyond the model's budget.
TypedGraph specialised(const Model::State& state, const Shapes& shapes);

ElementType element_type(graph::DataType type);
graph::DataType data_type(ElementType type);

/// What `options.precision` comes to on this processor for this file, and why.
std::pair<Precision, std::string> choose_precision(Precision wanted, const std::map<std::string, std::string>& metadata);

}  // namespace mien::runtime
