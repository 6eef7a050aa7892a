// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mien/base/error.h"

namespace mien {

void describe(ScheduleOptions& o, OptionTable& t) {
  const std::string s = "schedule";
  t.add(s, "schedule", &o.kind, "How the learning rate moves")
      .one_of({"constant", "step", "multi_step", "exponential", "polynomial", "cosine", "one_cycle"});
  t.add(s, "lr_factor", &o.factor, "step, multi_step, exponential: factor at every period or milestone").range(0, 1);
  t.add(s, "lr_period", &o.period, "step, exponential: period in epochs").range(1, 1e9);
  t.add(s, "lr_milestones", &o.milestones, "multi_step: epochs at which the rate falls");
  t.add(s, "lr_power", &o.power, "polynomial: exponent").range(0, 100);
  t.add(s, "lr_final", &o.final_lr, "polynomial, cosine: rate at the end").range(0, 1e9);
  t.add(s, "lr_per_iteration", &o.per_iteration, "Move the rate within the epoch too");
  t.add(s, "warmup_epochs", &o.warmup_epochs, "Linear warm-up in epochs (one_cycle has its own)").range(0, 1e9);
  t.add(s, "pct_start", &o.pct_start, "one_cycle: share of the iterations with a rising rate").range(0, 1);
  t.add(s, "div_factor", &o.div_factor, "one_cycle: first rate is lr / div_factor").range(1, 1e12);
  t.add(s, "final_div_factor", &o.final_div_factor, "one_cycle: last rate is the first / final_div_factor").range(1, 1e12);
  t.add(s, "three_phase", &o.three_phase, "one_cycle: a third phase from the first rate to the last");
  t.add(s, "anneal", &o.anneal, "one_cycle: shape of the two phases").one_of({"cos", "linear"});
  t.add(s, "cycle_momentum", &o.cycle_momentum, "one_cycle: momentum runs against the rate");
  t.add(s, "base_momentum", &o.base_momentum, "one_cycle: smallest momentum").range(0, 1);
  t.add(s, "max_momentum", &o.max_momentum, "one_cycle: largest momentum").range(0, 1);
}

namespace {

double anneal(const std::string& shape, double from, double to, double share) {
  if (shape == "linear") return from + (to - from) * share;
  return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
}

/// One phase of the cycle: it ends at iteration `end` with the given rate and momentum.
struct Phase {
  double end, lr, momentum;
};

ScheduleValue one_cycle(const ScheduleOptions& o, double peak, std::int64_t iteration, std::int64_t total) {
  const double first = peak / o.div_factor, last = first / o.final_div_factor;
  const double steps = static_cast<double>(total), end = steps - 1;
  std::vector<Phase> phases = {{o.pct_start * steps - 1, peak, o.base_momentum}};
  if (o.three_phase) phases.push_back({2 * o.pct_start * steps - 2, first, o.max_momentum});
  phases.push_back({end, last, o.max_momentum});

  const double t = std::min(static_cast<double>(iteration), end);
  Phase from{0, first, o.max_momentum};
  for (const Phase& to : phases) {
    if (t <= to.end || &to == &phases.back()) {
      const double share = to.end > from.end ? (t - from.end) / (to.end - from.end) : 1;
      return {anneal(o.anneal, from.lr, to.lr, share), o.cycle_momentum ? anneal(o.anneal, from.momentum, to.momentum, share) : -1};
    }
    from = to;
  }
  return {last, -1};
}

double by_epoch(const ScheduleOptions& o, double base, double epoch, double epochs) {
  const double period = static_cast<double>(o.period);
  if (o.kind == "step") return base * std::pow(o.factor, std::floor(epoch / period));
  if (o.kind == "multi_step")
    return base * std::pow(o.factor, std::count_if(o.milestones.begin(), o.milestones.end(), [&](double m) { return m <= epoch; }));
  if (o.kind == "exponential") return base * std::pow(o.factor, epoch / period);
  const double share = std::min(epoch / epochs, 1.0);
  if (o.kind == "polynomial") return (base - o.final_lr) * std::pow(1 - share, o.power) + o.final_lr;
  if (o.kind == "cosine") return o.final_lr + (base - o.final_lr) * (1 + std::cos(std::numbers::pi * share)) / 2;
  if (o.kind == "constant") return base;
  throw Error(ErrorCode::usage, "unknown schedule '" + o.kind + "'");
}

}  // namespace

ScheduleValue schedule_at(const ScheduleOptions& o, double base_lr, std::int64_t iteration, std::int64_t per_epoch, std::int64_t epochs) {
  if (o.kind == "one_cycle") return one_cycle(o, base_lr, iteration, per_epoch * epochs);
  const double exact_epoch = static_cast<double>(iteration) / static_cast<double>(std::max<std::int64_t>(per_epoch, 1));
  const double epoch = o.per_iteration ? exact_epoch : std::floor(exact_epoch);
  ScheduleValue value;
  value.lr = by_epoch(o, base_lr, epoch, static_cast<double>(epochs));
  const double warmup = o.warmup_epochs * static_cast<double>(per_epoch);
  if (static_cast<double>(iteration) < warmup) value.lr *= (static_cast<double>(iteration) + 1) / warmup;
  return value;
}

}  // namespace mien
