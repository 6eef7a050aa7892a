// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/options.h"

namespace mien {

struct OptimizerOptions {
  std::string kind = "sgd";        ///< sgd | adam | adamw
  double lr = 0.05;                ///< base rate (peak rate of one_cycle)
  double momentum = 0.9;           ///< sgd
  bool nesterov = true;            ///< sgd
  double weight_decay = 5e-4;      ///< L2 term (sgd, adam) or decoupled (adamw)
  bool decay_norm_and_bias = false;///< false: tensors with one dimension are not decayed
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  bool amsgrad = false;            ///< adam, adamw
};
void describe(OptimizerOptions& options, OptionTable& table);

}  // namespace mien
