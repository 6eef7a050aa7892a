// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace mien {

/// Area under the ROC curve: the probability that a positive drawn at random scores higher than a negative one, ties counted half
/// (the Mann-Whitney statistic). NaN when there are no positives or no negatives. Throws Error{bad_data} when the lengths differ.
double area_under_roc(const std::vector<double>& scores, const std::vector<bool>& positive);

}  // namespace mien
