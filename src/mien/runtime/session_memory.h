// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "mien/runtime/model_state.h"

namespace mien::runtime {

Shapes shapes_of(const std::vector<TensorView>& inputs);

/// Memory aligned for vector instructions.
class Arena {
 public:
  explicit Arena(std::size_t bytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  std::byte* data() const { return memory_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
  std::byte* memory_;
};

/// A program with memory of its own.
class BoundProgram {
 public:
  BoundProgram(Shapes shapes, std::shared_ptr<const engine::Program> program);
  const Shapes& shapes() const { return shapes_; }
  bool has_shapes_of(const std::vector<TensorView>& inputs) const;
  const engine::Program& program() const { return *program_; }
  std::size_t bytes() const { return arena_.bytes() + scratch_.bytes(); }

  /// Copies the inputs in; shapes and types must have been checked.
  void take(const std::vector<TensorView>& inputs);
  void run() const;
  void run_step(std::size_t i) const { steps_[i](); }
  const std::vector<TensorView>& outputs() const { return outputs_; }

 private:
  Shapes shapes_;
  std::shared_ptr<const engine::Program> program_;
  Arena arena_, scratch_;
  dnnl::stream stream_;
  std::vector<std::function<void()>> steps_;
  std::vector<std::byte*> inputs_;
  std::vector<TensorView> outputs_;
};

}  // namespace mien::runtime
