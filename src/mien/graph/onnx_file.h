// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "mien/graph/graph.h"

namespace mien::graph {

/// How much a file may ask for. A hostile file cannot make the reader allocate more than a small multiple of its own size.
struct ReadLimits {
  std::uint64_t max_file_bytes = 2ull << 30;      ///< protobuf's own limit
  std::uint64_t max_external_bytes = 8ull << 30;  ///< all external data together
  std::size_t max_nodes = 1'000'000;
};

/// Reads an ONNX model, opset 7 to 18. Every initialiser type of ONNX but strings and complex numbers is read; f16, bf16 and f64
/// become f32, in ports and in casts too. Constant nodes become constants. External data are read from the model's folder and
/// never from outside it. Not supported: branches and loops (graphs as attributes), functions, sparse initialisers, sequences.
/// Throws Error{not_found}, Error{io}, and Error{bad_file} that names the file, the node or value and what was expected.
Graph read_onnx(const std::filesystem::path& file, const ReadLimits& limits = {});

/// The same from memory; `origin` names the bytes in messages. External data are refused unless `folder` is given.
Graph parse_onnx(std::span<const std::byte> bytes, const std::string& origin, const ReadLimits& limits = {},
                 const std::filesystem::path& folder = {});

/// Writes a graph without post operations and without nodes of domain "mien" as an ONNX model of its opset, atomically. The
/// IR version is the oldest that carries that opset, at least 4. Throws Error{io}, Error{usage}.
void write_onnx(const Graph& graph, const std::filesystem::path& file);
std::string serialize_onnx(const Graph& graph);

}  // namespace mien::graph
