// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <list>

#include "mien/runtime/session_memory.h"

namespace mien::runtime {

struct Session::State {
  std::shared_ptr<Model::State> model;
  std::list<std::unique_ptr<BoundProgram>> bound;  ///< most recently used first

  BoundProgram& prepare(const std::vector<TensorView>& inputs) {
    omp_set_num_threads(model->threads);
    check_types(*model, inputs);
    const auto found = std::find_if(bound.begin(), bound.end(), [&](const auto& b) { return b->has_shapes_of(inputs); });
    if (found != bound.end()) {
      bound.splice(bound.begin(), bound, found);
    } else {
      const auto shapes = shapes_of(inputs);
      bound.push_front(std::make_unique<BoundProgram>(shapes, model->program_for(shapes)));
      while (bound.size() > std::max<std::size_t>(1, model->options.cached_shapes)) bound.pop_back();
    }
    return *bound.front();
  }
};

Session::Session(const Model& model) : state_(std::make_unique<State>()) { state_->model = ModelAccess::shared(model); }
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

const std::vector<TensorView>& Session::run(const std::vector<TensorView>& inputs) {
  auto& bound = state_->prepare(inputs);
  bound.take(inputs);
  bound.run();
  return bound.outputs();
}

std::vector<LayerProfile> Session::profile(const std::vector<TensorView>& inputs, int rounds) {
  using Clock = std::chrono::steady_clock;
  auto& bound = state_->prepare(inputs);
  const auto& steps = bound.program().steps;
  std::vector<std::vector<double>> times(steps.size());
  for (int round = 0; round < rounds; ++round) {
    bound.take(inputs);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto start = Clock::now();
      bound.run_step(i);
      times[i].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
  }
  std::vector<LayerProfile> profiles;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto& t = times[i];
    std::nth_element(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(t.size() / 2), t.end());
    profiles.push_back({steps[i].name, steps[i].operation, steps[i].implementation, graph::text_of(steps[i].shape),
                        steps[i].gflop, t.empty() ? 0 : t[t.size() / 2]});
  }
  return profiles;
}

std::size_t Session::activation_bytes() const {
  std::size_t total = 0;
  for (const auto& bound : state_->bound) total += bound->bytes();
  return total;
}

}  // namespace mien::runtime
