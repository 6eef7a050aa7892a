// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/fold_norms.h"

#include <cmath>
#include <optional>
#include <set>

namespace mien::exporting {
namespace {

using graph::Dims;
using graph::Graph;
using graph::no_value;
using graph::Node;
using graph::Tensor;
using graph::ValueId;

/// y = factor x + offset, one pair a channel.
struct Affine {
  std::vector<double> factor, offset;
};

std::optional<Affine> affine_of(const Graph& graph, const Node& norm) {
  const Tensor* parts[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    parts[i] = graph.constant(norm.input(i + 1));
    if (parts[i] == nullptr) return std::nullopt;
  }
  const auto scale = parts[0]->floats(), shift = parts[1]->floats(), mean = parts[2]->floats(), variance = parts[3]->floats();
  const double epsilon = norm.real("epsilon", 1e-5f);
  Affine out;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    out.factor.push_back(scale[c] / std::sqrt(static_cast<double>(variance[c]) + epsilon));
    out.offset.push_back(shift[c] - mean[c] * out.factor[c]);
  }
  return out;
}

/// Which element of the weights belongs to which output channel.
struct WeightLayout {
  std::int64_t outer = 1;     ///< index = ((o * channels) + c) * inner + i, with group = o * groups / outer
  std::int64_t channels = 1;  ///< per group
  std::int64_t inner = 1;
  std::int64_t groups = 1;
};

std::optional<WeightLayout> layout_of(const Node& node, const Tensor& weight) {
  const Dims& d = weight.dims();
  const std::int64_t group = node.integer("group", 1);
  if (node.op == "Conv") return WeightLayout{1, d[0], weight.size() / d[0], 1};
  if (node.op == "ConvTranspose") return WeightLayout{d[0], d[1], weight.size() / (d[0] * d[1]), group};
  if (node.op == "Gemm" && node.real("alpha", 1) == 1 && node.real("beta", 1) == 1)
    return node.integer("transB", 0) ? WeightLayout{1, d[0], d[1], 1} : WeightLayout{d[0], d[1], 1, 1};
  return std::nullopt;
}

Tensor scaled_weights(const Tensor& weight, const WeightLayout& w, const Affine& affine) {
  Tensor out(weight.type(), weight.dims());
  const auto from = weight.values<float>();
  auto to = out.values<float>();
  std::size_t i = 0;
  for (std::int64_t o = 0; o < w.outer; ++o)
    for (std::int64_t c = 0; c < w.channels; ++c) {
      const double factor = affine.factor.at(static_cast<std::size_t>(o * w.groups / w.outer * w.channels + c));
      for (std::int64_t k = 0; k < w.inner; ++k, ++i) to[i] = static_cast<float>(from[i] * factor);
    }
  return out;
}

/// False when the bias does not have one value a channel.
bool scaled_bias(const Tensor* bias, const Affine& affine, Tensor& out) {
  out = Tensor(graph::DataType::f32, {static_cast<std::int64_t>(affine.factor.size())});
  if (bias != nullptr && bias->size() != out.size()) return false;
  const auto old = bias ? bias->floats() : std::vector<float>(affine.factor.size(), 0.0f);
  for (std::size_t c = 0; c < affine.factor.size(); ++c)
    out.values<float>()[c] = static_cast<float>(old[c] * affine.factor[c] + affine.offset[c]);
  return true;
}

std::string bias_name(const std::string& weight) {
  const auto dot = weight.rfind(".weight");
  return dot == std::string::npos ? weight + ".bias" : weight.substr(0, dot) + ".bias";
}

/// Folds `norm` into `node`, whose only reader it is.
bool fold(Graph& graph, Node& node, const Node& norm) {
  const Tensor* weight = graph.constant(node.input(1));
  const Tensor* bias = graph.constant(node.input(2));
  if (weight == nullptr || weight->type() != graph::DataType::f32 || (bias == nullptr && node.input(2) != no_value)) return false;
  const auto layout = layout_of(node, *weight);
  const auto affine = affine_of(graph, norm);
  if (!layout || !affine || static_cast<std::int64_t>(affine->factor.size()) != layout->channels * layout->groups) return false;
  Tensor new_bias;
  if (!scaled_bias(bias, *affine, new_bias)) return false;
  const std::string name = graph.values[static_cast<std::size_t>(node.input(1))].name;
  const std::string name_of_bias = bias ? graph.values[static_cast<std::size_t>(node.input(2))].name : bias_name(name);
  Tensor new_weight = scaled_weights(*weight, *layout, *affine);
  node.inputs.resize(3, no_value);
  node.inputs[1] = graph.add_constant(name, std::move(new_weight));
  node.inputs[2] = graph.add_constant(name_of_bias, std::move(new_bias));
  node.outputs[0] = norm.outputs[0];
  return true;
}

/// Two values of one name, where another node kept the unfolded weight: the later gets a number.
void make_names_unique(Graph& graph) {
  std::set<std::string> taken;
  for (auto& value : graph.values) {
    const std::string wanted = value.name;
    for (int n = 2; !taken.insert(value.name).second; ++n) value.name = wanted + "_" + std::to_string(n);
  }
}

}  // namespace

int fold_batch_norms(Graph& graph) {
  const graph::Uses uses = uses_of(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  int folded = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node norm = graph.nodes[i];
    if (norm.op != "BatchNormalization" || norm.outputs.size() != 1) continue;
    const auto input = static_cast<std::size_t>(norm.input(0));
    const std::int32_t producer = uses.producer[input];
    if (producer < 0 || gone[static_cast<std::size_t>(producer)] || uses.readers[input].size() != 1 || uses.is_output[input])
      continue;
    gone[i] = fold(graph, graph.nodes[static_cast<std::size_t>(producer)], norm);
    folded += gone[i];
  }
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (!gone[i]) kept.push_back(std::move(graph.nodes[i]));
  graph.nodes = std::move(kept);
  drop_unused_values(graph);
  make_names_unique(graph);
  return folded;
}

void drop_unused_values(Graph& graph) {
  std::vector<ValueId> renumbered(graph.values.size(), no_value);
  std::vector<graph::Value> kept;
  const auto keep = [&](ValueId& id) {
    if (id == no_value) return;
    ValueId& to = renumbered.at(static_cast<std::size_t>(id));
    if (to == no_value) {
      to = static_cast<ValueId>(kept.size());
      kept.push_back(std::move(graph.values[static_cast<std::size_t>(id)]));
    }
    id = to;
  };
  for (auto& port : graph.inputs) keep(port.value);
  for (auto& node : graph.nodes) {
    for (auto& id : node.inputs) keep(id);
    for (auto& id : node.outputs) keep(id);
    for (auto& post : node.post) keep(post.other);
  }
  for (auto& port : graph.outputs) keep(port.value);
  graph.values = std::move(kept);
}

}  // namespace mien::exporting
