// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry: any bytes are either refused with mien::Error or make a graph that is written and read back.
#include <cstdlib>

#include "mien/base/error.h"
#include "mien/graph/onnx_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mien::graph;
  Graph graph;
  try {
    graph = parse_onnx(std::as_bytes(std::span(data, size)), "input");
  } catch (const mien::Error&) {
    return 0;
  }
  std::string written;
  try {
    written = serialize_onnx(graph);
  } catch (const mien::Error&) {
    return 0;  // an operator of domain "mien", two outputs of one name
  }
  const Graph again = parse_onnx(std::as_bytes(std::span(written)), "copy");  // an error here is a finding
  if (again.nodes.size() != graph.nodes.size() || serialize_onnx(again) != written) std::abort();
  return 0;
}
