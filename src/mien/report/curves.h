// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/report/training_report.h"

namespace mien {

struct Curve {
  std::string name;
  std::vector<double> values;
};

/// Curves of one metric over the epochs: "train/loss" and "valid/loss" share the panel "loss".
struct CurvePanel {
  std::string metric;
  std::vector<double> epochs;
  std::vector<Curve> curves;
  bool logarithmic = false;  ///< positive values that span more than a factor of 50
};

/// Losses first, then other metrics, then columns without a group (learning rate, time). What is one quantity shares a panel:
/// the validation's "nll" stands beside the training's "cross_entropy". Left out is what shows nothing: columns without a finite value,
/// those that are zero everywhere (but for the validation's), and a loss that is the same as its only term. "epoch" is the
/// horizontal axis (1, 2, ... when there is none).
std::vector<CurvePanel> panels_of(const TrainingHistory& history);

}  // namespace mien
