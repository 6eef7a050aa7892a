// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include "mien/runtime/batch_runner.h"
#include "mien/runtime/boundary.h"
#include "mien/runtime/openmp_scope.h"
#include "mien/runtime/session_memory.h"

namespace mien::runtime {

struct Session::State {
  explicit State(std::shared_ptr<Model::State> of) : model(std::move(of)), runner(model) {}
  std::shared_ptr<Model::State> model;
  BatchRunner runner;
};

Session::Session(const Model& model) : state_(std::make_unique<State>(ModelAccess::shared(model))) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

const std::vector<TensorView>& Session::run(const std::vector<TensorView>& inputs) {
  auto& state = state_of(state_, "session");
  check_inputs(*state.model, inputs);
  return guarded(state.model->origin, [&]() -> const std::vector<TensorView>& { return state.runner.run(inputs); });
}

namespace {

using Clock = std::chrono::steady_clock;

/// Milliseconds of every step in every round.
std::vector<std::vector<double>> step_times(BoundProgram& bound, const std::vector<TensorView>& inputs, int rounds) {
  std::vector<std::vector<double>> times(bound.program().steps.size());
  for (int round = 0; round < rounds; ++round) {
    bound.take(inputs);
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto start = Clock::now();
      bound.run_step(i);
      times[i].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
  }
  return times;
}

}  // namespace

std::vector<LayerProfile> Session::profile(const std::vector<TensorView>& inputs, int rounds) {
  auto& state = state_of(state_, "session");
  check_inputs(*state.model, inputs);
  if (rounds < 1) throw Error(ErrorCode::usage, "a profile takes one round or more");
  return guarded(state.model->origin, [&] {
    auto& bound = state.runner.whole(inputs);
    const OpenMpThreads threads(state.model->threads);
    const auto& steps = bound.program().steps;
    auto times = step_times(bound, inputs, rounds);
    std::vector<LayerProfile> profiles;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      auto& t = times[i];
      std::nth_element(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(t.size() / 2), t.end());
      profiles.push_back({steps[i].name, steps[i].operation, steps[i].implementation, graph::text_of(steps[i].shape),
                          steps[i].gflop, t[t.size() / 2]});
    }
    return profiles;
  });
}

std::size_t Session::activation_bytes() const { return state_of(state_, "session").runner.bytes(); }

}  // namespace mien::runtime
