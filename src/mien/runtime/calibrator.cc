// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/boundary.h"
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
    auto typed = specialised(*model, shapes);
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
  auto& state = state_of(state_, "calibrator");
  check_inputs(*state.model, inputs);
  guarded(state.model->origin, [&] {
    const OpenMpThreads threads(state.model->threads);
    if (!state.bound || !state.bound->has_shapes_of(inputs)) state.compile_for(shapes_of(inputs));
    state.bound->take(inputs);
    state.bound->run();
  });
}

std::string Calibrator::finish(double percentile, const std::vector<std::string>& float_nodes) const {
  if (!(percentile > 0 && percentile <= 1)) throw Error(ErrorCode::usage, "the percentile of a calibration lies in (0,1]");
  const auto& state = state_of(state_, "calibrator");
  if (state.observers.empty()) throw Error(ErrorCode::usage, "nothing was observed: add inputs before finishing a calibration");
  engine::Calibration calibration;
  for (const auto& [name, observer] : state.observers) calibration.ranges[name] = observer.range(percentile);
  calibration.float_nodes = {float_nodes.begin(), float_nodes.end()};
  return engine::to_text(calibration);
}

}  // namespace mien::runtime
