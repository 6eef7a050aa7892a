// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/precision_plan.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "mien/base/error.h"

namespace mien::runtime::engine {

namespace {

using graph::Node;

const std::set<std::string> dense_operators = {"Conv", "ConvTranspose", "mien.Linear"};
const std::set<std::string> light_operators = {
    "MatMul", "MaxPool", "AveragePool", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "Clip", "HardSwish", "Add", "Mul", "Sub", "Reshape",
    "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Softmax", "Resize", "Upsample", "mien.GlobalAverage", "mien.ChannelGather",
    "mien.LayerNorm", "mien.Gelu", "mien.ScaleShift"};
/// Operators whose results and operands share one scale.
const std::set<std::string> carrying_operators = {"MaxPool", "mien.ChannelGather", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"};

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
    const auto json = nlohmann::json::parse(text);
    for (const auto& [name, range] : json.at("ranges").items()) result.ranges[name] = {range.at(0).get<float>(), range.at(1).get<float>()};
    for (const auto& name : json.at("float_nodes")) result.float_nodes.insert(name.get<std::string>());
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::bad_file, std::string("metadata entry '") + calibration_key + "' is damaged: " + e.what(),
                "Calibrate the model again.");
  }
  for (const auto& [name, range] : result.ranges)
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
      throw Error(ErrorCode::bad_file, std::string("metadata entry '") + calibration_key + "': the range of '" + name + "' is no range",
                  "Calibrate the model again.");
  return result;
}

std::string to_text(const Calibration& calibration) {
  nlohmann::json json;
  json["ranges"] = nlohmann::json::object();
  for (const auto& [name, range] : calibration.ranges) json["ranges"][name] = {range.low, range.high};
  json["float_nodes"] = calibration.float_nodes;
  return json.dump();
}

PrecisionPlan::PrecisionPlan(const TypedGraph& typed, Precision precision, const Calibration* calibration)
    : formats_(typed.graph.values.size()) {
  if (precision != Precision::fp32 && processor_has(Precision::bf16)) low_ = Storage::bf16;
  const auto uses = graph::uses_of(typed.graph);
  choose_floats(typed, uses);
  if (precision == Precision::int8 && calibration) choose_integers(typed, uses, *calibration);
}

bool PrecisionPlan::is_int8(const Node& node) const { return is_dense(node) && is_quantised(format_of(node.inputs.at(0))) && !float_nodes_.contains(node.name); }

void PrecisionPlan::choose_floats(const TypedGraph& typed, const graph::Uses& uses) {
  for (std::size_t id = 0; id < formats_.size(); ++id) {
    const auto& readers = uses.readers[id];
    const bool low = std::any_of(readers.begin(), readers.end(), [&](auto n) { return runs_in_bf16(typed.graph.nodes[static_cast<std::size_t>(n)]); });
    formats_[id].storage = low ? low_ : Storage::f32;
  }
}

/// A value is 8-bit when its range is known and a dense node reads it, or a carrying node hands it on to one, or it is added into
/// the result of a node whose own result is 8-bit.
void PrecisionPlan::choose_integers(const TypedGraph& typed, const graph::Uses& uses, const Calibration& calibration) {
  float_nodes_ = calibration.float_nodes;
  const auto& nodes = typed.graph.nodes;
  const auto& values = typed.graph.values;
  const auto range_of = [&](std::size_t id) {
    const auto found = calibration.ranges.find(values[id].name);
    return found == calibration.ranges.end() ? std::nullopt : std::optional(found->second);
  };
  std::vector<bool> integer(values.size());
  Groups groups(values.size());
  const auto wants = [&](std::size_t id, const Node& reader) {
    if (carrying_operators.contains(full_name(reader))) return bool{integer[static_cast<std::size_t>(reader.outputs[0])]};
    if (!is_dense(reader) || float_nodes_.contains(reader.name)) return false;
    if (reader.inputs[0] == static_cast<ValueId>(id)) return true;
    for (const auto& post : reader.post)
      if (post.kind == graph::PostOp::Kind::add && post.other == static_cast<ValueId>(id)) return bool{integer[static_cast<std::size_t>(reader.outputs[0])]};
    return false;
  };
  for (auto n = nodes.size(); n-- > 0;) {
    const auto& node = nodes[n];
    const auto id = static_cast<std::size_t>(node.outputs[0]);
    const auto& readers = uses.readers[id];
    integer[id] = range_of(id) && !uses.is_output[id] &&
                  std::any_of(readers.begin(), readers.end(), [&](auto r) { return wants(id, nodes[static_cast<std::size_t>(r)]); });
  }
  for (const auto& input : typed.graph.inputs) {
    const auto id = static_cast<std::size_t>(input.value);
    const auto& readers = uses.readers[id];
    integer[id] = range_of(id) && std::any_of(readers.begin(), readers.end(), [&](auto r) { return wants(id, nodes[static_cast<std::size_t>(r)]); });
  }
  for (const auto& node : nodes) {
    if (!carrying_operators.contains(full_name(node)) || !integer[static_cast<std::size_t>(node.outputs[0])]) continue;
    for (const auto input : node.inputs)
      if (input != graph::no_value && integer[static_cast<std::size_t>(input)])
        groups.join(static_cast<std::size_t>(input), static_cast<std::size_t>(node.outputs[0]));
  }
  std::map<std::size_t, Range> joint;
  for (std::size_t id = 0; id < values.size(); ++id) {
    if (!integer[id]) continue;
    const auto range = *range_of(id);
    auto [it, fresh] = joint.try_emplace(groups.find(id), range);
    if (!fresh) it->second = {std::min(it->second.low, range.low), std::max(it->second.high, range.high)};
  }
  for (std::size_t id = 0; id < values.size(); ++id)
    if (integer[id]) formats_[id] = integer_format(joint.at(groups.find(id)));
}

}  // namespace mien::runtime::engine
