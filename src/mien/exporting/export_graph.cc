// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/export_graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/exporting/conversion.h"
#include "mien/exporting/fold_norms.h"
#include "mien/exporting/metadata.h"
#include "mien/nn/eval_mode.h"
#include "mien/exporting/trace.h"

namespace mien::exporting {
namespace {

void check(const Exportable& source, const ExportOptions& options) {
  if (options.opset < oldest_opset || options.opset > newest_opset)
    throw Error(ErrorCode::usage, fmt::format("opset {} cannot be written", options.opset),
                fmt::format("Choose one of {} to {}.", oldest_opset, newest_opset));
  if (options.static_batch < 0)
    throw Error(ErrorCode::usage, fmt::format("a batch of {} images makes no sense", options.static_batch));
  if (options.outputs.empty())
    throw Error(ErrorCode::usage, "an exported network needs an output", "Name one of: logits, probabilities, features.");
  std::vector<std::string> known = source.outputs;
  known.push_back("probabilities");
  std::set<std::string> seen;
  for (const auto& name : options.outputs) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorCode::usage, fmt::format("{} has no output '{}'", source.name, name),
                  fmt::format("It has: {}.", join(known, ", ")));
    if (!seen.insert(name).second) throw Error(ErrorCode::usage, fmt::format("output '{}' is named twice", name));
  }
}

/// What the network itself must answer, in the order of the trace's outputs.
std::vector<std::string> traced_outputs(const ExportOptions& options) {
  std::vector<std::string> names;
  for (const auto& name : options.outputs) {
    const std::string traced = name == "probabilities" ? "logits" : name;
    if (std::find(names.begin(), names.end(), traced) == names.end()) names.push_back(traced);
  }
  return names;
}

torch::Tensor example_images(const WeightsInfo& info, std::int64_t count) {
  const Preprocessing& p = info.preprocessing;
  return torch::linspace(-1, 1, count * p.channels() * p.height * p.width).reshape({count, p.channels(), p.height, p.width});
}

TracedGraph trace_source(const Exportable& source, const WeightsInfo& info, const ExportOptions& options,
                         const std::vector<std::string>& names) {
  const FrozenModule frozen(source.module);
  const AutocastGuard no_autocast(false, torch::kCPU);
  const Forward forward = [&](const torch::Tensor& images) {
    const NamedTensors found = source.forward(images, {names.begin(), names.end()});
    std::vector<torch::Tensor> outputs;
    for (const auto& name : names) outputs.push_back(found.at(name));
    return outputs;
  };
  const auto traced = [&](std::int64_t count) { return trace(source.module, forward, example_images(info, count)); };
  return options.static_batch > 0 ? traced(options.static_batch) : join_batches(traced(2), traced(3));
}

/// Dims of a graph input or output, -1 and "batch" where they grow with the batch.
void set_dims(graph::Port& port, const TracedTensor& tensor) {
  for (const TracedNumber& d : tensor.dims) {
    port.dims.push_back(d.per_image ? -1 : d.value);
    port.dim_names.push_back(d.per_image && d.value == 1 ? "batch" : "");
  }
  port.type = to_graph_type(tensor.type);
}

void convert_nodes(GraphBuilder& builder, const TracedGraph& traced, const std::string& network) {
  for (const TracedNode& node : traced.nodes) {
    const Converter* converter = find_converter(node.op);
    if (converter == nullptr) {
      for (const auto& [name, value] : node.arguments)  // the module whose parameter it reads is the best place to name
        for (const int id : value.tensors) builder.enter_module_of(builder.traced_tensor(id).name);
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: operator {} {} has no ONNX form here", network, node.op,
                              builder.module().empty() ? "before the first module with parameters"
                                                       : fmt::format("in or after module '{}'", builder.module())),
                  "Write the network with other operators, or add a converter to exporting/convert_*.cc.");
    }
    Conversion conversion(builder, node);
    converter->convert(conversion);
  }
}

/// Gives a value the output's name. A value that is an input, a constant or an output already is copied first.
ValueId named_output(GraphBuilder& builder, ValueId value, const std::string& name) {
  graph::Graph& g = builder.graph();
  const auto is = [&](const graph::Port& port) { return port.value == value; };
  if (g.constant(value) || std::any_of(g.inputs.begin(), g.inputs.end(), is) ||
      std::any_of(g.outputs.begin(), g.outputs.end(), is))
    value = builder.add("Identity", {value}, {})[0];
  g.values[static_cast<std::size_t>(value)].name = builder.unique_value_name(name);
  return value;
}

ValueId probabilities(GraphBuilder& builder, ValueId logits, double temperature) {
  if (temperature != 1) {
    const ValueId divisor = builder.constant("temperature", graph::Tensor::scalar(static_cast<float>(temperature)));
    logits = builder.add("Div", {logits, divisor}, {})[0];
  }
  return builder.add("Softmax", {logits}, {{"axis", std::int64_t{1}}})[0];
}

}  // namespace

Exportable exportable(Network& network) {
  Exportable source{.module = network, .name = network.network_options().arch, .outputs = {"logits", "features"}, .forward = {}};
  const auto taps = network.tap_names();
  if (std::find(taps.begin(), taps.end(), "attention") != taps.end()) source.outputs.push_back("attention");
  source.forward = [&network](const torch::Tensor& images, const std::set<std::string>& wanted) {
    Taps taps(wanted);
    taps.wanted.erase("logits");
    const torch::Tensor logits = network.forward(images, taps);
    NamedTensors found = std::move(taps.found);
    found["logits"] = logits;
    return found;
  };
  return source;
}

Exportable exportable(Method& method, const WeightsInfo& info) {
  Exportable source{.module = method.module(), .name = info.network.arch, .outputs = {}, .forward = {}};
  source.forward = [&method](const torch::Tensor& images, const std::set<std::string>&) {
    Batch batch;
    batch.images = images;
    MethodOutput answer = method.forward(batch);
    NamedTensors found = std::move(answer.pictures);
    found["logits"] = answer.logits;
    if (answer.features.defined()) found["features"] = answer.features;
    if (answer.valence_arousal.defined()) found["valence_arousal"] = answer.valence_arousal;
    return found;
  };
  const FrozenModule frozen(source.module);
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : source.forward(example_images(info, 1), {})) source.outputs.push_back(name);
  return source;
}

graph::Graph export_graph(const Exportable& source, const WeightsInfo& info, const ExportOptions& options) {
  check(source, options);
  const auto names = traced_outputs(options);
  const TracedGraph traced = trace_source(source, info, options, names);
  GraphBuilder builder(traced, options.opset);
  graph::Graph& g = builder.graph();
  g.name = source.name;
  builder.bind(traced.inputs.at(0), builder.add_input(input_name));
  set_dims(g.inputs[0], builder.traced_tensor(traced.inputs[0]));
  convert_nodes(builder, traced, source.name);
  builder.enter_module_of("output.");
  for (const std::string& name : options.outputs) {
    const bool softmax = name == "probabilities";
    const auto at = std::find(names.begin(), names.end(), softmax ? "logits" : name) - names.begin();
    const int id = traced.outputs.at(static_cast<std::size_t>(at));
    const ValueId answer = builder.value_of(id);
    graph::Port port;
    port.value = named_output(builder, softmax ? probabilities(builder, answer, info.temperature) : answer, name);
    set_dims(port, builder.traced_tensor(id));
    g.outputs.push_back(std::move(port));
  }
  fold_batch_norms(g);
  sort_nodes(g);
  drop_unused_values(g);
  g.metadata = onnx_metadata(info);
  return std::move(g);
}

graph::Graph export_graph(Network& network, const WeightsInfo& info, const ExportOptions& options) {
  return export_graph(exportable(network), info, options);
}

graph::Graph export_graph(Method& method, const WeightsInfo& info, const ExportOptions& options) {
  return export_graph(exportable(method, info), info, options);
}

}  // namespace mien::exporting
