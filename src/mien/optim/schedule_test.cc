// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/optim/schedule.h"

#include <gtest/gtest.h>

#include "mien/testing/golden.h"

namespace mien {
namespace {

constexpr const char* kFile = "schedules/learning_rates.json";

void expect_rate(double found, double expected, const std::string& what) { EXPECT_NEAR(found, expected, 1e-15 + 1e-8 * std::abs(expected)) << what; }

/// Compares an epoch schedule with [[epoch, rate], ...].
void compare(const nlohmann::json& values, const ScheduleOptions& options, double base, std::int64_t epochs) {
  for (const auto& row : values) {
    const auto epoch = row[0].get<std::int64_t>();
    expect_rate(schedule_at(options, base, epoch, 1, epochs).lr, row[1], options.kind + " at " + std::to_string(epoch));
  }
}

TEST(Schedule, Polynomial) {
  MIEN_GOLDEN_OR_SKIP(golden, kFile);
  const auto& g = golden.at("polynomial");
  ScheduleOptions options;
  options.kind = "polynomial";
  options.power = g.at("power");
  compare(g.at("values"), options, g.at("base"), g.at("E"));
  for (const auto& other : golden.at("polynomial_other_powers")) {
    options.power = other.at("power");
    compare(other.at("values"), options, g.at("base"), g.at("E"));
  }
}

TEST(Schedule, PolynomialPerIteration) {
  MIEN_GOLDEN_OR_SKIP(golden, kFile);
  const auto& g = golden.at("polynomial_per_iteration");
  ScheduleOptions options;
  options.kind = "polynomial";
  options.power = g.at("power");
  options.final_lr = g.at("end");
  options.per_iteration = true;
  const auto total = g.at("T").get<std::int64_t>();
  for (const auto& row : g.at("values")) expect_rate(schedule_at(options, g.at("base"), row[0], total / 10, 10).lr, row[1], row.dump());
}

TEST(Schedule, StepMultiStepCosine) {
  MIEN_GOLDEN_OR_SKIP(golden, kFile);
  ScheduleOptions step;
  step.kind = "step";
  step.factor = golden.at("step").at("factor");
  step.period = golden.at("step").at("period");
  compare(golden.at("step").at("values"), step, golden.at("step").at("base"), 1000);

  ScheduleOptions multi;
  multi.kind = "multi_step";
  multi.factor = golden.at("multi_step").at("factor");
  multi.milestones = golden.at("multi_step").at("milestones").get<std::vector<double>>();
  compare(golden.at("multi_step").at("values"), multi, golden.at("multi_step").at("base"), 1000);

  ScheduleOptions cosine;
  cosine.kind = "cosine";
  cosine.final_lr = golden.at("cosine").at("end");
  compare(golden.at("cosine").at("values"), cosine, golden.at("cosine").at("base"), golden.at("cosine").at("T"));
}

TEST(Schedule, OneCycleWithMomentum) {
  MIEN_GOLDEN_OR_SKIP(golden, kFile);
  for (const auto& g : golden.at("one_cycle").at("cases")) {
    const auto& s = g.at("settings");
    ScheduleOptions options;
    options.kind = "one_cycle";
    options.pct_start = s.at("pct_start");
    options.anneal = s.at("anneal_strategy");
    options.cycle_momentum = s.at("cycle_momentum");
    options.base_momentum = s.at("base_momentum");
    options.max_momentum = s.at("max_momentum");
    options.div_factor = s.at("div_factor");
    options.final_div_factor = s.at("final_div_factor");
    options.three_phase = s.at("three_phase");
    for (const auto& row : g.at("values")) {
      const ScheduleValue value = schedule_at(options, s.at("max_lr"), row[0], s.at("total_steps"), 1);
      expect_rate(value.lr, row[1], s.dump() + row.dump());
      if (options.cycle_momentum) expect_rate(value.momentum, row[2], s.dump() + row.dump());
      else EXPECT_EQ(value.momentum, -1);
    }
  }
}

TEST(Schedule, WarmUpThenConstant) {
  MIEN_GOLDEN_OR_SKIP(golden, kFile);
  const auto& g = golden.at("linear_warmup_then_constant");
  ScheduleOptions options;
  options.warmup_epochs = g.at("warmup").get<double>() / 10;
  for (const auto& row : g.at("values")) expect_rate(schedule_at(options, g.at("base"), row[0], 10, 10).lr, row[1], row.dump());
}

TEST(Schedule, ExponentialFallsByFactorEachPeriod) {
  ScheduleOptions options;
  options.kind = "exponential";
  options.factor = 0.5;
  options.period = 2;
  EXPECT_DOUBLE_EQ(schedule_at(options, 8, 4, 1, 10).lr, 2);
  EXPECT_NEAR(schedule_at(options, 8, 1, 1, 10).lr, 8 * std::sqrt(0.5), 1e-12);
}

}  // namespace
}  // namespace mien
