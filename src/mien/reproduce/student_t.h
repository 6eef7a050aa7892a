// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// The 97.5 % quantile of Student's t distribution, three digits. Throws Error{usage} for fewer than one degree of freedom.
double t_quantile(std::size_t degrees_of_freedom);

/// 95 % interval of the mean of `values` (normal, independent) from their own spread; nullopt for fewer than two.
std::optional<Interval> mean_t_interval(const std::vector<double>& values);

}  // namespace mien
