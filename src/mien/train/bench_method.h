// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/train/train.h"

namespace mien {

/// What a training step of one method costs, loading left out.
struct MethodCost {
  std::string method;
  double step_s = 0;           ///< median over all iterations of the trainer: forward, losses, backward, update
  double spread = 0;           ///< interquartile range of the step, share of its median
  double peak_bytes = 0;       ///< most tensor memory at a time: weights, optimizer, activations; 0 on a GPU
  double step_ratio = 1;       ///< to the first method
  double memory_ratio = 1;     ///< to the first method
};

struct MethodBench {
  TrainConfig config;                ///< network, input, batch size, precision, optimizer, moving average and every method's options
  std::vector<std::string> methods = {"classifier", "pal"};
  std::int64_t steps = 6, warmup = 2, rounds = 3;
};

/// Times iterations of each method's first training step, made as the trainer makes them (StepRunner), on the same batches, method
/// after method, round after round, each from fresh weights. Throws Error{usage} when the data do not fill one batch.
std::vector<MethodCost> bench_methods(const MethodBench& bench, Progress& progress);

}  // namespace mien
