// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/catalogue.h"
#include "mien/optim/ema.h"
#include "mien/train/data_plan.h"
#include "mien/train/step_timer.h"

namespace mien {

/// A plan whose only part has `count` drawn faces, to train and to validate on.
inline DataPlan drawn_faces(std::int64_t count) {
  DatasetOptions options;
  options.spec = "procedural:" + std::to_string(count);
  auto faces = std::make_shared<Dataset>(open_dataset(options));
  DataPlan plan = plan_all(faces);
  plan.data_hash = dataset_hash(*faces);
  return plan;
}

/// A module's parameters and buffers as they are now.
inline std::vector<std::pair<std::string, torch::Tensor>> copied_state(torch::nn::Module& module) {
  auto all = named_state(module);
  for (auto& [name, value] : all) value = value.detach().clone();
  return all;
}

/// Asks for a stop at the n-th call of advance.
class StopAfter : public Progress {
 public:
  StopAfter(StopFlag& flag, int after) : flag_(flag), after_(after) {}
  void advance(std::int64_t, const std::string&) override {
    if (++calls_ == after_) flag_.request();
  }

 private:
  StopFlag& flag_;
  int after_, calls_ = 0;
};

}  // namespace mien
