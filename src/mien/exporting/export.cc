// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/export.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/eval/load_method.h"
#include "mien/exporting/export_graph.h"
#include "mien/graph/onnx_file.h"

namespace mien::exporting {
namespace {

std::string port_text(const graph::Graph& graph, const graph::Port& port) {
  std::vector<std::string> dims;
  for (std::size_t i = 0; i < port.dims.size(); ++i)
    dims.push_back(port.dims[i] >= 0                                         ? std::to_string(port.dims[i])
                   : i < port.dim_names.size() && !port.dim_names[i].empty() ? port.dim_names[i]
                                                                             : "?");
  return fmt::format("{} {} [{}]", graph.values[static_cast<std::size_t>(port.value)].name, graph::name_of(port.type),
                     join(dims, ","));
}

}  // namespace

void check_output(const fs::path& output) {
  const fs::path folder = output.parent_path();
  if (!folder.empty() && !fs::is_directory(folder))
    throw Error(ErrorCode::not_found, folder.string() + ": no such folder",
                "Create it, or write the file elsewhere with --output.");
  if (fs::is_directory(output)) throw Error(ErrorCode::usage, output.string() + ": is a folder", "Name the ONNX file to write.");
  if (fs::exists(output) && output.extension() != ".onnx" && !fs::is_other(output))
    throw Error(ErrorCode::usage, output.string() + ": exists, and its name is not that of an ONNX file", "Give a name that ends in .onnx, or remove the file first.");
}

ExportSummary export_weights(const fs::path& weights, const fs::path& output, const ExportOptions& options) {
  check_output(output);
  const LoadedMethod loaded = load_method(weights);
  const graph::Graph graph = export_graph(*loaded.method, loaded.info, options);
  graph::write_onnx(graph, output);
  ExportSummary summary;
  summary.info = loaded.info;
  summary.bytes = fs::file_size(output);
  summary.nodes = graph.nodes.size();
  summary.initializers = static_cast<std::size_t>(
      std::count_if(graph.values.begin(), graph.values.end(), [](const graph::Value& v) { return v.constant.has_value(); }));
  summary.input = port_text(graph, graph.inputs.at(0));
  for (const auto& port : graph.outputs) summary.outputs.push_back(port_text(graph, port));
  return summary;
}

}  // namespace mien::exporting
