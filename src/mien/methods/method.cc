// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/method.h"

#include <algorithm>

namespace mien {

bool starts_with_any(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.rfind(p, 0) == 0; });
}

bool is_trained(const TrainingStep& step, const std::string& parameter) {
  return (step.trained.empty() || starts_with_any(parameter, step.trained)) && !starts_with_any(parameter, step.frozen);
}

}  // namespace mien
