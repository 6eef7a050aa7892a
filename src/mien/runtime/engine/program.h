// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// A piece of a session's working memory. Values that share memory (views, results written over an operand) share a buffer.
using BufferId = std::int32_t;

struct Buffer {
  std::size_t bytes = 0;
  std::int32_t first = 0;  ///< step that writes it first; -1: before the first step
  std::int32_t last = 0;   ///< last step that touches it
  std::size_t offset = 0;  ///< place in the arena
};

/// What a step needs to become runnable in one session.
struct Binding {
  std::byte* arena = nullptr;
  const std::vector<Buffer>* buffers = nullptr;
  std::byte* scratch = nullptr;
  dnnl::stream* stream = nullptr;
  std::byte* at(BufferId id) const { return arena + (*buffers)[static_cast<std::size_t>(id)].offset; }
};

/// One call of the compiled network.
struct Step {
  std::string name;            ///< of the node in the file
  std::string operation;       ///< "Conv 3x3 64->128 + relu"
  std::string implementation;  ///< "oneDNN brgconv:avx512_core_bf16", "plain"
  Dims shape;                  ///< of the result
  double gflop = 0;
  std::vector<BufferId> buffers;  ///< all that it reads and writes
  std::function<std::function<void()>(const Binding&)> bind;
};

/// Where an input is copied to and an output is found: row-major, in the graph's type.
struct Place {
  BufferId buffer = -1;
  Dims dims;
  DataType type = DataType::f32;
};

/// A network compiled for fixed input shapes. Immutable; sessions bind it to their own memory.
struct Program {
  std::vector<Step> steps;
  std::vector<Buffer> buffers;
  std::vector<Place> inputs, outputs;
  std::size_t arena_bytes = 0, scratch_bytes = 0;
};

/// Gives every buffer its place so that buffers which live at the same time do not overlap. Returns the bytes of the whole.
std::size_t place_buffers(std::vector<Buffer>& buffers);

}  // namespace mien::runtime::engine
