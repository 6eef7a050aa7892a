// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/graph/names.h"
#include "mien/graph/onnx_attributes.h"
#include "mien/graph/onnx_file.h"
#include "mien/graph/onnx_graph.h"
#include "mien/graph/onnx_tensor.h"

namespace mien::graph {

namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::usage, "cannot write as ONNX: " + what); }

/// The oldest version of the file format that may carry an opset (the table in ONNX's Versioning document), but at least 4:
/// before it, initialisers had to be inputs as well.
int format_version_of(int opset) {
  if (opset < oldest_opset || opset > newest_opset)
    fail(fmt::format("opset {} is not among {} to {}", opset, oldest_opset, newest_opset));
  if (opset <= 11) return std::max(4, opset - 5);  // 9: 4, 10: 5, 11: 6
  return opset <= 14 ? 7 : 8;
}

/// The values that the file has to name: those of ports and of nodes.
std::vector<bool> values_in_use(const Graph& graph) {
  std::vector<bool> used(graph.values.size(), false);
  const auto use = [&](ValueId id) {
    if (id != no_value) used.at(static_cast<std::size_t>(id)) = true;
  };
  for (const auto& port : graph.inputs) use(port.value);
  for (const auto& port : graph.outputs) use(port.value);
  for (const auto& node : graph.nodes) {
    for (const auto id : node.inputs) use(id);
    for (const auto id : node.outputs) use(id);
  }
  return used;
}

/// Unique names by ValueId: inputs and outputs keep theirs, others get a number behind theirs where it is empty or taken.
class Names {
 public:
  explicit Names(const Graph& graph) : used(values_in_use(graph)), names_(graph.values.size()) {
    for (const auto* ports : {&graph.inputs, &graph.outputs})
      for (const auto& port : *ports) keep(graph, static_cast<std::size_t>(port.value));
    for (std::size_t id = 0; id < names_.size(); ++id)
      if (used[id] && names_[id].empty()) names_[id] = unique(graph.values[id].name);
  }
  const std::string& operator[](ValueId id) const { return id == no_value ? empty_ : names_[static_cast<std::size_t>(id)]; }

  const std::vector<bool> used;

 private:
  void keep(const Graph& graph, std::size_t id) {
    if (!names_[id].empty()) return;  // an output that is an input or is listed twice
    names_[id] = graph.values[id].name;
    if (names_[id].empty()) fail("an input or output has no name");
    if (!taken_.insert(names_[id]).second) fail(fmt::format("two inputs or outputs are called {}", quote_name(names_[id])));
  }
  std::string unique(const std::string& wanted) {
    if (!wanted.empty() && taken_.insert(wanted).second) return wanted;
    int& number = numbers_[wanted];
    for (;;) {
      std::string name = fmt::format("{}_{}", wanted.empty() ? "value" : wanted, ++number);
      if (taken_.insert(name).second) return name;
    }
  }

  std::vector<std::string> names_;
  std::set<std::string> taken_;
  std::map<std::string, int> numbers_;  ///< the last number behind a name
  std::string empty_;
};

void write_port(const Port& port, const Names& names, ::onnx::ValueInfoProto& message) {
  message.set_name(names[port.value]);
  auto& type = *message.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx_type_of(port.type));
  if (!port.has_shape) return;
  auto& shape = *type.mutable_shape();
  for (std::size_t i = 0; i < port.dims.size(); ++i) {
    auto& dim = *shape.add_dim();
    const std::string name = i < port.dim_names.size() ? port.dim_names[i] : "";
    if (port.dims[i] >= 0)
      dim.set_dim_value(port.dims[i]);
    else if (!name.empty())
      dim.set_dim_param(name);
  }
}

void write_node(const Node& node, const Names& names, ::onnx::NodeProto& message) {
  if (node.domain == "mien" || !node.post.empty())
    fail(node.label() + ": it was joined with others for this library's engine and is no operator of ONNX");
  message.set_op_type(node.op);
  message.set_domain(node.domain);
  message.set_name(node.name);
  for (const auto id : node.inputs) message.add_input(names[id]);
  for (const auto id : node.outputs) message.add_output(names[id]);
  for (const auto& [key, attribute] : node.attributes) write_attribute(key, attribute, *message.add_attribute());
}

void write_graph(const Graph& graph, ::onnx::GraphProto& message) {
  const Names names(graph);
  message.set_name(graph.name.empty() ? "graph" : graph.name);  // ONNX's checker refuses graphs without a name
  for (const auto& port : graph.inputs) write_port(port, names, *message.add_input());
  for (const auto& port : graph.outputs) write_port(port, names, *message.add_output());
  for (std::size_t id = 0; id < graph.values.size(); ++id) {
    const auto& value = graph.values[id];
    if (!names.used[id] || !value.constant) continue;
    if (!value.constant->has_data()) fail(fmt::format("the data of the constant {} were released", quote_name(value.name)));
    auto& initialiser = *message.add_initializer();
    initialiser = tensor_message(*value.constant);
    initialiser.set_name(names[static_cast<ValueId>(id)]);
  }
  for (const auto& node : graph.nodes) write_node(node, names, *message.add_node());
}

void write_opsets(const Graph& graph, ::onnx::ModelProto& model) {
  std::map<std::string, int> versions = graph.domains;
  for (const auto& node : graph.nodes)
    if (!node.domain.empty()) versions.try_emplace(node.domain, 1);
  versions[""] = graph.opset;
  for (const auto& [domain, version] : versions) {
    auto& import = *model.add_opset_import();
    import.set_domain(domain);
    import.set_version(version);
  }
}

::onnx::ModelProto message_of(const Graph& graph) {
  ::onnx::ModelProto model;
  model.set_ir_version(format_version_of(graph.opset));
  model.set_producer_name("mien");
  write_opsets(graph, model);
  write_graph(graph, *model.mutable_graph());
  for (const auto& [key, value] : graph.metadata) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    fail("more than 2 GiB, the largest file without external data");
  return model;
}

}  // namespace

void write_onnx(const Graph& graph, const std::filesystem::path& file) {
  const auto model = message_of(graph);
  write_atomically(file, [&](std::ostream& out) { model.SerializeToOstream(&out); });
}

std::string serialize_onnx(const Graph& graph) { return message_of(graph).SerializeAsString(); }

}  // namespace mien::graph
