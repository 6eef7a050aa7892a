// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>

#include "mien/base/parallel.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/boundary.h"
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

double constant_elements(const graph::Graph& graph) {
  double total = 0;
  for (const auto& value : graph.values)
    if (value.constant) total += static_cast<double>(value.constant->size());
  return total;
}

void check_options(const ModelOptions& options) {
  if (options.precision > Precision::int8) throw Error(ErrorCode::usage, "ModelOptions::precision is none of Precision");
  if (options.threads < 0)
    throw Error(ErrorCode::usage, fmt::format("ModelOptions::threads is {}", options.threads), "0: all cores.");
  if (!(options.budget >= 0))
    throw Error(ErrorCode::usage, fmt::format("ModelOptions::budget is {}", options.budget), "A factor; 0: no limit.");
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
    state->file_elements = constant_elements(graph);
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
    Meter meter(budget_for(options.budget, state->file_elements));
    meter.expect_nodes(graph);
    simplify(graph, &meter);
    state->graph = std::move(graph);
    state->weights.take_over(state->graph, storage_of_weights(state->precision));
    return state;
  }

 private:
  /// How every dense layer takes its weights; 8-bit layers beside others take them in more than one way.
  static std::optional<engine::Storage> storage_of_weights(Precision precision) {
    if (precision == Precision::int8) return std::nullopt;
    return precision == Precision::bf16 ? engine::Storage::bf16 : engine::Storage::f32;
  }
};

Model Model::load(const std::string& file, const ModelOptions& options) {
  check_options(options);
  return guarded(file, [&] { return Model(ModelMaker::make(graph::read_onnx(file), file, options)); });
}

Model Model::parse(const void* bytes, std::size_t size, const std::string& name, const ModelOptions& options) {
  check_options(options);
  if (!bytes && size > 0) throw Error(ErrorCode::usage, name + ": the bytes of the model are null");
  return guarded(name, [&] {
    return Model(ModelMaker::make(graph::parse_onnx({static_cast<const std::byte*>(bytes), size}, name), name, options));
  });
}

const Model::State& Model::state() const {
  if (!state_) throw Error(ErrorCode::usage, "the model was moved from");
  return *state_;
}

const std::vector<TensorInfo>& Model::inputs() const { return state().inputs; }
const std::vector<TensorInfo>& Model::outputs() const { return state().outputs; }
const std::map<std::string, std::string>& Model::metadata() const { return state().graph.metadata; }
Precision Model::precision() const { return state().precision; }
const std::string& Model::precision_reason() const { return state().precision_reason; }
int Model::threads() const { return state().threads; }
std::size_t Model::file_weight_bytes() const { return state().file_weight_bytes; }

std::size_t Model::weight_bytes() const {
  std::size_t in_graph = 0;
  for (const auto& value : state().graph.values)
    if (value.constant && value.constant->has_data()) in_graph += value.constant->bytes();
  return state().weights.bytes() + in_graph;
}

TypedGraph specialised(const Model::State& state, const Shapes& shapes) {
  std::vector<operators::TensorType> types;
  double at_hand = state.file_elements;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    types.push_back({state.graph.inputs[i].type, shapes[i]});
    at_hand += static_cast<double>(graph::element_count(shapes[i]));
  }
  Meter meter(budget_for(state.options.budget, at_hand));
  return specialise(state.graph, types, &meter);
}

std::shared_ptr<Model::State::Compiled> Model::State::entry_for(const Shapes& shapes) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(compiled_.begin(), compiled_.end(), [&](const auto& entry) { return entry->shapes == shapes; });
  if (found != compiled_.end()) {
    compiled_.splice(compiled_.begin(), compiled_, found);
  } else {
    compiled_.push_front(std::make_shared<Compiled>(shapes));
    while (compiled_.size() > std::max<std::size_t>(1, options.cached_shapes)) compiled_.pop_back();
  }
  return compiled_.front();
}

std::shared_ptr<const engine::Program> Model::State::program_for(const Shapes& shapes) {
  const auto entry = entry_for(shapes);
  const std::lock_guard lock(entry->mutex);
  if (!entry->program) try {
      entry->program = compile(shapes);
    } catch (...) {
      const std::lock_guard list_lock(mutex_);
      compiled_.remove(entry);  // what cannot run must not push out what can
      throw;
    }
  return entry->program;
}

std::shared_ptr<const engine::Program> Model::State::compile(const Shapes& shapes) {
  auto typed = specialised(*this, shapes);
  fuse(typed);
  const engine::PrecisionPlan plan(typed, precision, calibration ? &*calibration : nullptr);
  return std::make_shared<const engine::Program>(engine::compile(typed, plan, weights));
}

}  // namespace mien::runtime
