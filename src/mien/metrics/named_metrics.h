// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// A number of ClassificationMetrics by the name it has in tables, files and options.
struct NamedMetric {
  std::string name;
  double ClassificationMetrics::*value;
  bool lower_is_better = false;
};

/// accuracy, balanced_accuracy, macro_f1, nll, ece and the others that say how good a classifier is.
const std::vector<NamedMetric>& named_metrics();

/// nullptr for an unknown name.
const NamedMetric* find_metric(const std::string& name);

}  // namespace mien
