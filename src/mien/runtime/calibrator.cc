// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/model_state.h"
#include "mien/runtime/openmp_scope.h"
#include "mien/runtime/range_observer.h"
#include "mien/runtime/session_memory.h"

namespace mien::runtime {

/// Runs the network with an observer behind every node. Compiled anew for each shape; keeps the latest.
struct Calibrator::State {
  std::shared_ptr<Model::State> model;
  std::map<std::string, RangeObserver> observers;
  std::unique_ptr<BoundProgram> bound;

  void compile_for(const Shapes& shapes) {
    check_shapes(*model, shapes);
    std::vector<operators::TensorType> types;
    for (std::size_t i = 0; i < shapes.size(); ++i) types.push_back({model->graph.inputs[i].type, shapes[i]});
    const std::lock_guard lock(model->mutex);
    auto typed = specialise(model->graph, types);
    fuse(typed);
    engine::CompileOptions how;
    how.observe = [this](const std::string& name, const float* values, std::int64_t count) {
      observers[name].add(values, count);
    };
    const engine::PrecisionPlan plan(typed, Precision::fp32, nullptr);
    bound = std::make_unique<BoundProgram>(
        shapes, std::make_shared<const engine::Program>(engine::compile(typed, plan, model->weights, how)));
  }
};

Calibrator::Calibrator(const Model& model) : state_(std::make_unique<State>()) {
  state_->model = ModelAccess::shared(model);
  if (state_->model->precision != Precision::fp32)
    throw Error(ErrorCode::usage,
                state_->model->origin + ": ranges are observed in fp32, but the model computes in " + name_of(model.precision()),
                "Load it with Precision::fp32.");
}
Calibrator::Calibrator(Calibrator&&) noexcept = default;
Calibrator::~Calibrator() = default;

void Calibrator::add(const std::vector<TensorView>& inputs) {
  check_types(*state_->model, inputs);
  const OpenMpThreads threads(state_->model->threads);
  if (!state_->bound || !state_->bound->has_shapes_of(inputs)) state_->compile_for(shapes_of(inputs));
  state_->bound->take(inputs);
  state_->bound->run();
}

std::string Calibrator::finish(double percentile, const std::vector<std::string>& float_nodes) const {
  if (!(percentile > 0 && percentile <= 1)) throw Error(ErrorCode::usage, "the percentile of a calibration lies in (0,1]");
  if (state_->observers.empty()) throw Error(ErrorCode::usage, "nothing was observed: add inputs before finishing a calibration");
  engine::Calibration calibration;
  for (const auto& [name, observer] : state_->observers) calibration.ranges[name] = observer.range(percentile);
  calibration.float_nodes = {float_nodes.begin(), float_nodes.end()};
  return engine::to_text(calibration);
}

}  // namespace mien::runtime
