// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/options.h"

namespace mien {

/// The plain classifier: one backbone, cross entropy.
struct ClassifierOptions {
  /// labels (hard) | distributions (votes or teacher; one-hot where absent) | sampled (one label drawn from the
  /// distribution each time, FER+ "probability") | multi_target (FER+ loss of the same name)
  std::string targets = "distributions";
  double label_smoothing = 0;           ///< share of the target spread over all classes
  std::string class_weights = "none";   ///< none | balanced (inverse class frequency, mean 1)
  double mixup_alpha = 0;               ///< Beta(a,a) mixing of samples and targets in a batch (Zhang et al. 2018); 0 = off
  double valence_arousal_weight = 0;    ///< weight of a valence/arousal head's squared error; 0 = no head
  std::int64_t head_epochs = 0;         ///< epochs that train the last layer alone, before all layers (report 004)
  double head_lr = 0.01;                ///< learning rate of those epochs
  std::vector<std::string> frozen;      ///< prefixes of parameter names that keep their initial weights
  double clip_norm = 0;                 ///< limit of the gradient norm; 0 = none
};
void describe(ClassifierOptions& options, OptionTable& table);

}  // namespace mien
