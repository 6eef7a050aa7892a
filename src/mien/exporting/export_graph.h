// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mien/exporting/export_options.h"
#include "mien/graph/graph.h"
#include "mien/methods/method.h"
#include "mien/model_info/weights_info.h"
#include "mien/nn/network.h"

namespace mien::exporting {

using NamedTensors = std::map<std::string, torch::Tensor>;

/// What can be exported: a module, and a function that answers for images [N,C,H,W] with named tensors.
struct Exportable {
  torch::nn::Module& module;
  std::string name;                  ///< of the network, e.g. "resnet18"
  std::vector<std::string> outputs;  ///< that the function can answer with; "logits" among them
  /// At least the wanted ones.
  std::function<NamedTensors(const torch::Tensor& images, const std::set<std::string>& wanted)> forward;
};
Exportable exportable(Network& network);
/// `info` says how large the images are: the method is asked once, to see what it answers.
Exportable exportable(Method& method, const WeightsInfo& info);

/// The network as an ONNX graph with the description of its weights as metadata (exporting/metadata.h). Batch norms behind
/// convolutions are folded into them. Input: `input_name`, of the size in info.preprocessing. The module is put into eval mode
/// meanwhile; its modes and gradient flags are restored.
///
/// Throws Error{usage} for an opset out of range, an output that the network does not have (the hint names those it has);
/// Error{bad_data} for an operator without ONNX form (it names operator and module) and for a network that cannot be recorded.
graph::Graph export_graph(const Exportable& source, const WeightsInfo& info, const ExportOptions& options = {});
graph::Graph export_graph(Network& network, const WeightsInfo& info, const ExportOptions& options = {});
graph::Graph export_graph(Method& method, const WeightsInfo& info, const ExportOptions& options = {});

}  // namespace mien::exporting
