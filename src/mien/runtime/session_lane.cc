// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/session_lane.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "mien/runtime/openmp_scope.h"

namespace mien::runtime {

SessionLane::Entry& SessionLane::prepare(Model::State& model, const Shapes& shapes) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.bound->shapes() == shapes; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front();
  }
  const OpenMpThreads threads(model.threads);  // oneDNN makes primitives for as many
  entries_.push_front({std::make_unique<BoundProgram>(shapes, model.program_for(shapes)), Pace(model.threads)});
  while (entries_.size() > std::max<std::size_t>(1, model.options.cached_shapes)) entries_.pop_back();
  return entries_.front();
}

BoundProgram& SessionLane::run_spread(Model::State& model, const std::vector<TensorView>& inputs) {
  using Clock = std::chrono::steady_clock;
  Entry& entry = prepare(model, shapes_of(inputs));
  const OpenMpThreads threads(model.threads);
  const bool alone = entry.pace.alone() || inside_parallel_region();  // whose threads have their work
  std::optional<OpenMpAlone> nobody_else;
  if (alone) nobody_else.emplace();
  entry.bound->take(inputs);
  const auto start = Clock::now();
  entry.bound->run();
  if (!inside_parallel_region()) entry.pace.took(alone, std::chrono::duration<double>(Clock::now() - start).count());
  return *entry.bound;
}

BoundProgram& SessionLane::run_alone(Model::State& model, const std::vector<TensorView>& inputs) {
  Entry& entry = prepare(model, shapes_of(inputs));
  const OpenMpAlone nobody_else;
  entry.bound->take(inputs);
  entry.bound->run();
  return *entry.bound;
}

std::size_t SessionLane::bytes() const {
  std::size_t total = 0;
  for (const auto& entry : entries_) total += entry.bound->bytes();
  return total;
}

}  // namespace mien::runtime
