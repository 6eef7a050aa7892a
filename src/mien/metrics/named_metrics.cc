// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/named_metrics.h"

#include <algorithm>

namespace mien {

const std::vector<NamedMetric>& named_metrics() {
  using M = ClassificationMetrics;
  static const std::vector<NamedMetric> all = {{"accuracy", &M::accuracy},
                                               {"balanced_accuracy", &M::balanced_accuracy},
                                               {"macro_f1", &M::macro_f1},
                                               {"nll", &M::nll, true},
                                               {"ece", &M::ece, true},
                                               {"top2_accuracy", &M::top2_accuracy},
                                               {"macro_precision", &M::macro_precision},
                                               {"cohen_kappa", &M::cohen_kappa},
                                               {"class_accuracy_mean", &M::class_accuracy_mean},
                                               {"class_accuracy_variance", &M::class_accuracy_variance, true},
                                               {"mce", &M::mce, true},
                                               {"brier", &M::brier, true}};
  return all;
}

const NamedMetric* find_metric(const std::string& name) {
  const auto& all = named_metrics();
  const auto found = std::find_if(all.begin(), all.end(), [&](const NamedMetric& metric) { return metric.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace mien
