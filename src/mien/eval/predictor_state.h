// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/eval/predictor.h"
#include "mien/methods/compute.h"
#include "mien/methods/inference.h"
#include "mien/methods/method.h"

namespace mien {

/// The tensors behind a Predictor, for the other files of this module.
struct Predictor::State {
  WeightsInfo info;
  ComputePlan plan;
  InferenceOptions inference;
  std::unique_ptr<Method> method;
};

struct PredictorAccess {
  static Predictor::State& state(Predictor& predictor) { return *predictor.state_; }
};

}  // namespace mien
