// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>

#include "mien/runtime/pace.h"
#include "mien/runtime/session_memory.h"

namespace mien::runtime {

/// Compiled shapes with the memory that one thread of a session runs them in. As many as ModelOptions::cached_shapes stay.
class SessionLane {
 public:
  /// Bound programs and how their runs went.
  struct Entry {
    std::unique_ptr<BoundProgram> bound;
    Pace pace;
  };
  /// The program for inputs of these shapes, compiled when it is not at hand, for the threads that a session has. Leaves the
  /// thread's own settings as they are.
  Entry& prepare(Model::State& model, const Shapes& shapes);
  /// Runs inputs with all threads of the model, or with this one where that is faster (Pace).
  BoundProgram& run_spread(Model::State& model, const std::vector<TensorView>& inputs);
  /// Runs inputs on this thread alone.
  BoundProgram& run_alone(Model::State& model, const std::vector<TensorView>& inputs);

  std::size_t bytes() const;

 private:
  std::list<Entry> entries_;  ///< most recently used first
};

}  // namespace mien::runtime
