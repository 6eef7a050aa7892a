// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/precision_plan.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/json_text.h"

namespace mien::runtime::engine {

namespace {

using graph::Node;

const std::set<std::string> dense_operators = {"Conv", "ConvTranspose", "mien.Linear"};
const std::set<std::string> light_operators = {"MatMul",
                                               "MaxPool",
                                               "AveragePool",
                                               "Relu",
                                               "LeakyRelu",
                                               "PRelu",
                                               "Sigmoid",
                                               "Tanh",
                                               "Elu",
                                               "Clip",
                                               "HardSwish",
                                               "Add",
                                               "Mul",
                                               "Sub",
                                               "Reshape",
                                               "Flatten",
                                               "Squeeze",
                                               "Unsqueeze",
                                               "Transpose",
                                               "Softmax",
                                               "Resize",
                                               "Upsample",
                                               "mien.GlobalAverage",
                                               "mien.ChannelGather",
                                               "mien.LayerNorm",
                                               "mien.Gelu",
                                               "mien.ScaleShift"};
/// Operators whose results and operands share one scale.
const std::set<std::string> carrying_operators = {"MaxPool", "mien.ChannelGather", "Reshape",  "Flatten",
                                                  "Squeeze", "Unsqueeze",          "Transpose"};

std::string full_name(const Node& node) { return node.domain.empty() ? node.op : node.domain + "." + node.op; }

/// Sets of values that share a scale.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

/// 8-bit storage for a range: unsigned where nothing is negative, else symmetric.
Format integer_format(const Range& range) {
  const float high = std::max(range.high, 1e-6f), low = range.low;
  if (low >= 0) return {Storage::u8, false, high / 255};
  return {Storage::s8, false, std::max(high, -low) / 127};
}

}  // namespace

bool is_dense(const Node& node) { return dense_operators.contains(full_name(node)); }
bool runs_in_bf16(const Node& node) { return is_dense(node) || light_operators.contains(full_name(node)); }

Calibration parse_calibration(const std::string& text) {
  Calibration result;
  try {
    const auto json = parse_json(text, std::string("metadata entry '") + calibration_key + "' is damaged", "Calibrate the model again.");
    for (const auto& [name, range] : json.at("ranges").items())
      result.ranges[name] = {range.at(0).get<float>(), range.at(1).get<float>()};
    for (const auto& name : json.at("float_nodes")) result.float_nodes.insert(name.get<std::string>());
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::bad_file, std::string("metadata entry '") + calibration_key + "' is damaged: " + e.what(),
                "Calibrate the model again.");
  }
  for (const auto& [name, range] : result.ranges)
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
      throw Error(ErrorCode::bad_file,
                  std::string("metadata entry '") + calibration_key + "': the range of '" + name + "' is no range",
                  "Calibrate the model again.");
  return result;
}

std::string to_text(const Calibration& calibration) {
  nlohmann::json json;
  json["ranges"] = nlohmann::json::object();
  for (const auto& [name, range] : calibration.ranges) json["ranges"][name] = {range.low, range.high};
  json["float_nodes"] = calibration.float_nodes;
  return json_text(json);
}

PrecisionPlan::PrecisionPlan(const TypedGraph& typed, Precision precision, const Calibration* calibration)
    : formats_(typed.graph.values.size()) {
  if (precision != Precision::fp32 && processor_has(Precision::bf16)) low_ = Storage::bf16;
  const auto uses = graph::uses_of(typed.graph);
  choose_floats(typed, uses);
  if (precision == Precision::int8 && calibration) choose_integers(typed, uses, *calibration);
}

bool PrecisionPlan::is_int8(const Node& node) const {
  return is_dense(node) && is_quantised(format_of(node.inputs.at(0))) && !float_nodes_.contains(node.name);
}

void PrecisionPlan::choose_floats(const TypedGraph& typed, const graph::Uses& uses) {
  for (std::size_t id = 0; id < formats_.size(); ++id) {
    const auto& readers = uses.readers[id];
    const bool low = std::any_of(readers.begin(), readers.end(),
                                 [&](auto n) { return runs_in_bf16(typed.graph.nodes[static_cast<std::size_t>(n)]); });
    formats_[id].storage = low ? low_ : Storage::f32;
  }
}

namespace {

/// Finds the values that can be 8-bit: those with a known range that a dense node reads, or that a carrying node hands on to one,
/// or that are added into the result of a node whose own result is 8-bit.
class IntegerValues {
 public:
  IntegerValues(const TypedGraph& typed, const graph::Uses& uses, const Calibration& calibration)
      : graph_(typed.graph), uses_(uses), calibration_(calibration), integer_(typed.graph.values.size()) {
    for (auto n = graph_.nodes.size(); n-- > 0;)
      decide(graph_.nodes[n].outputs[0], !uses_.is_output[at(graph_.nodes[n].outputs[0])]);
    for (const auto& input : graph_.inputs) decide(input.value, true);
  }
  bool operator[](ValueId id) const { return id != graph::no_value && integer_[at(id)]; }
  const Range& range(ValueId id) const { return calibration_.ranges.at(graph_.values[at(id)].name); }

 private:
  static std::size_t at(ValueId id) { return static_cast<std::size_t>(id); }

  void decide(ValueId id, bool allowed) {
    const auto& readers = uses_.readers[at(id)];
    integer_[at(id)] = allowed && calibration_.ranges.contains(graph_.values[at(id)].name) &&
                       std::any_of(readers.begin(), readers.end(), [&](auto n) { return wants(graph_.nodes[at(n)], id); });
  }

  bool wants(const Node& reader, ValueId id) const {
    if (carrying_operators.contains(full_name(reader))) return (*this)[reader.outputs[0]];
    if (!is_dense(reader) || calibration_.float_nodes.contains(reader.name)) return false;
    if (reader.inputs[0] == id) return true;
    return (*this)[reader.outputs[0]] && std::any_of(reader.post.begin(), reader.post.end(), [&](const auto& post) {
             return post.kind == graph::PostOp::Kind::add && post.other == id;
           });
  }

  const graph::Graph& graph_;
  const graph::Uses& uses_;
  const Calibration& calibration_;
  std::vector<bool> integer_;
};

/// Joins the operands and results of nodes that only move numbers.
Groups scale_groups(const graph::Graph& graph, const IntegerValues& integer) {
  Groups groups(graph.values.size());
  for (const auto& node : graph.nodes) {
    if (!carrying_operators.contains(full_name(node)) || !integer[node.outputs[0]]) continue;
    for (const auto input : node.inputs)
      if (integer[input]) groups.join(static_cast<std::size_t>(input), static_cast<std::size_t>(node.outputs[0]));
  }
  return groups;
}

}  // namespace

void PrecisionPlan::choose_integers(const TypedGraph& typed, const graph::Uses& uses, const Calibration& calibration) {
  float_nodes_ = calibration.float_nodes;
  const IntegerValues integer(typed, uses, calibration);
  auto groups = scale_groups(typed.graph, integer);
  const auto count = static_cast<ValueId>(formats_.size());
  std::map<std::size_t, Range> joint;
  for (ValueId id = 0; id < count; ++id) {
    if (!integer[id]) continue;
    auto [it, fresh] = joint.try_emplace(groups.find(static_cast<std::size_t>(id)), integer.range(id));
    if (!fresh) it->second = {std::min(it->second.low, integer.range(id).low), std::max(it->second.high, integer.range(id).high)};
  }
  for (ValueId id = 0; id < count; ++id)
    if (integer[id]) formats_[static_cast<std::size_t>(id)] = integer_format(joint.at(groups.find(static_cast<std::size_t>(id))));
}

}  // namespace mien::runtime::engine
