// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mien/base/parallel.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/model_state.h"
#include "mien/runtime/rewrite/quantized.h"

namespace mien::runtime {

namespace {

std::vector<TensorInfo> infos_of(const graph::Graph& graph, const std::vector<graph::Port>& ports) {
  std::vector<TensorInfo> infos;
  for (const auto& port : ports)
    infos.push_back({graph.values[static_cast<std::size_t>(port.value)].name, element_type(port.type), port.dims});
  return infos;
}

std::size_t constant_bytes(const graph::Graph& graph) {
  std::size_t total = 0;
  for (const auto& value : graph.values)
    if (value.constant) total += value.constant->bytes();
  return total;
}

}  // namespace

struct ModelMaker {
  static std::shared_ptr<Model::State> make(graph::Graph graph, const std::string& origin, const ModelOptions& options) {
    auto state = std::make_shared<Model::State>();
    state->origin = origin;
    state->options = options;
    state->inputs = infos_of(graph, graph.inputs);
    state->outputs = infos_of(graph, graph.outputs);
    state->threads = options.threads > 0 ? options.threads : available_cores();
    state->file_weight_bytes = constant_bytes(graph);
    std::tie(state->precision, state->precision_reason) = choose_precision(options.precision, graph.metadata);
    if (options.precision == Precision::automatic && state->precision != Precision::fp32 && is_quantised(graph)) {
      state->precision = Precision::fp32;
      state->precision_reason = "auto: the file is quantised; what it leaves in floats runs in fp32";
    }
    if (state->precision == Precision::int8) {
      const auto found = graph.metadata.find(calibration_key);
      if (found == graph.metadata.end())
        throw Error(ErrorCode::usage,
                    origin + ": int8 needs calibrated ranges, and the file has none (metadata entry '" + calibration_key + "')",
                    "Calibrate it on images (mien quantize), or ask for bf16 or fp32.");
      state->calibration = engine::parse_calibration(found->second);
    }
    simplify(graph);
    state->graph = std::move(graph);
    return state;
  }
};

Model Model::load(const std::string& file, const ModelOptions& options) {
  return Model(ModelMaker::make(graph::read_onnx(file), file, options));
}

Model Model::parse(const void* bytes, std::size_t size, const std::string& name, const ModelOptions& options) {
  return Model(ModelMaker::make(graph::parse_onnx({static_cast<const std::byte*>(bytes), size}, name), name, options));
}

const std::vector<TensorInfo>& Model::inputs() const { return state_->inputs; }
const std::vector<TensorInfo>& Model::outputs() const { return state_->outputs; }
const std::map<std::string, std::string>& Model::metadata() const { return state_->graph.metadata; }
Precision Model::precision() const { return state_->precision; }
const std::string& Model::precision_reason() const { return state_->precision_reason; }
int Model::threads() const { return state_->threads; }
std::size_t Model::file_weight_bytes() const { return state_->file_weight_bytes; }

std::size_t Model::weight_bytes() const {
  const std::lock_guard lock(state_->mutex);
  std::size_t unprepared = 0;
  for (const auto& value : state_->graph.values)
    if (value.constant && value.constant->has_data()) unprepared += value.constant->bytes();
  return state_->weights.bytes() + unprepared;
}

void check_shapes(const Model::State& state, const Shapes& shapes) {
  if (shapes.size() != state.inputs.size())
    throw Error(ErrorCode::usage,
                fmt::format("{}: {} inputs given, the network has {}", state.origin, shapes.size(), state.inputs.size()));
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& port = state.graph.inputs[i];
    if (!port.has_shape) continue;
    const auto& declared = state.inputs[i].shape;
    bool fits = shapes[i].size() == declared.size();
    for (std::size_t d = 0; fits && d < declared.size(); ++d)
      fits = shapes[i][d] >= 0 && (declared[d] < 0 || declared[d] == shapes[i][d]);
    if (!fits)
      throw Error(ErrorCode::usage, fmt::format("{}: input '{}' has shape {}, the network takes {} (-1: any)", state.origin,
                                                state.inputs[i].name, fmt::join(shapes[i], "x"), fmt::join(declared, "x")));
  }
}

std::shared_ptr<const engine::Program> Model::State::program_for(const Shapes& shapes) {
  const std::lock_guard lock(mutex);
  const auto found = std::find_if(programs.begin(), programs.end(), [&](const Compiled& c) { return c.shapes == shapes; });
  if (found != programs.end()) {
    programs.splice(programs.begin(), programs, found);
    return found->program;
  }
  check_shapes(*this, shapes);
  programs.push_front({shapes, compile(shapes)});
  while (programs.size() > std::max<std::size_t>(1, options.cached_shapes)) programs.pop_back();
  return programs.front().program;
}

void Model::State::release(const std::string& name) {
  for (auto& value : graph.values)
    if (value.constant && value.name == name) value.constant->release_data();
}

std::shared_ptr<const engine::Program> Model::State::compile(const Shapes& shapes) {
  std::vector<operators::TensorType> types;
  for (std::size_t i = 0; i < shapes.size(); ++i) types.push_back({graph.inputs[i].type, shapes[i]});
  auto typed = specialise(graph, types);
  fuse(typed);
  const engine::PrecisionPlan plan(typed, precision, calibration ? &*calibration : nullptr);
  engine::CompileOptions how;
  if (precision != Precision::int8) how.release = [this](const std::string& name) { release(name); };
  return std::make_shared<const engine::Program>(engine::compile(typed, plan, weights, std::move(how)));
}

}  // namespace mien::runtime
