// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: one model run with several batch sizes, against models that never saw another one.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "mien/runtime/runtime.h"
#include "mien/testing/golden.h"

namespace mien::runtime {

/// What a run came to: the bytes of all outputs with their shapes, or the error.
struct Outcome {
  std::vector<std::vector<std::int64_t>> shapes;
  std::vector<std::string> outputs;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

/// One input of floats whose first dim is the batch.
class BatchTrial {
 public:
  /// @param dims  of the input without the batch
  BatchTrial(std::string bytes, ModelOptions options, std::vector<std::int64_t> dims)
      : bytes_(std::move(bytes)), options_(options), dims_(std::move(dims)) {}

  Model model() const { return Model::parse(bytes_.data(), bytes_.size(), "network", options_); }

  Outcome run(Session& session, std::int64_t batch) const {
    auto shape = dims_;
    shape.insert(shape.begin(), batch);
    const auto values = testing::fill("batch", shape, "input_pm1", 2);
    Outcome outcome;
    try {
      for (const auto& output : session.run({{shape, values.data()}})) {
        outcome.shapes.push_back(output.shape);
        outcome.outputs.emplace_back(static_cast<const char*>(output.data),
                                     static_cast<std::size_t>(output.size()) * size_of(output.type));
      }
    } catch (const Error& error) {
      outcome.error = error.what();
    }
    return outcome;
  }

  /// For each batch size what a model says that sees no other.
  std::map<std::int64_t, Outcome> alone(const std::vector<std::int64_t>& batches) const {
    std::map<std::int64_t, Outcome> outcomes;
    for (const auto batch : batches) {
      if (outcomes.contains(batch)) continue;
      Session session(model());
      outcomes[batch] = run(session, batch);
    }
    return outcomes;
  }

 private:
  std::string bytes_;
  ModelOptions options_;
  std::vector<std::int64_t> dims_;
};

/// One session through all batch sizes, then others of the same model at once, each from another place on, some backwards. Every
/// outcome must be, to the bit, that of a model of its own. Returns how many of the sizes run at all.
inline std::size_t expect_same_as_alone(const BatchTrial& runner, const std::vector<std::int64_t>& batches,
                                        std::size_t sessions = 3) {
  const auto expected = runner.alone(batches);
  const auto through = [&](const Model& model, std::vector<std::int64_t> order) {
    std::string wrong;
    Session session(model);
    for (const auto batch : order) {
      const auto found = runner.run(session, batch);
      if (!(found == expected.at(batch))) wrong += " " + std::to_string(batch) + " (" + found.error + ")";
    }
    return wrong;
  };
  EXPECT_EQ(through(runner.model(), batches), "") << "one session";
  const auto shared = runner.model();
  std::vector<std::string> wrong(sessions);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < sessions; ++i)
    threads.emplace_back([&, i] {
      auto order = batches;
      std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i * order.size() / sessions), order.end());
      if (i % 2 == 1) std::reverse(order.begin(), order.end());
      wrong[i] = through(shared, order);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<std::string>(sessions)) << "several sessions at once";
  std::size_t running = 0;
  for (const auto& [batch, outcome] : expected) running += outcome.error.empty();
  return running;
}

}  // namespace mien::runtime
