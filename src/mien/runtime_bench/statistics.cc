// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mien/base/error.h"

namespace mien::runtime_bench {

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double spread(const std::vector<double>& values) { return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values); }

Agreement agreement(const std::vector<float>& answers, const std::vector<float>& reference, std::int64_t columns) {
  const auto k = static_cast<std::ptrdiff_t>(columns);
  if (k <= 0 || reference.empty() || answers.size() != reference.size() || reference.size() % static_cast<std::size_t>(k) != 0)
    throw Error(ErrorCode::bad_data, "answers to compare have different sizes: " + std::to_string(answers.size()) + " and " +
                                         std::to_string(reference.size()));
  const auto finite = [](float v) { return std::isfinite(v); };
  if (!std::all_of(answers.begin(), answers.end(), finite) || !std::all_of(reference.begin(), reference.end(), finite))
    throw Error(ErrorCode::numeric, "a network answered with values that are not finite");
  const auto [low, high] = std::minmax_element(reference.begin(), reference.end());
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i)
    largest = std::max(largest, std::fabs(double{answers[i]} - double{reference[i]}));
  std::int64_t same = 0, rows = 0;
  for (auto a = answers.begin(), r = reference.begin(); r != reference.end(); a += k, r += k, ++rows)
    same += std::max_element(a, a + k) - a == std::max_element(r, r + k) - r;
  Agreement result;
  const double range = double{*high} - double{*low};
  result.max_difference = range > 0 ? largest / range : (largest > 0 ? std::numeric_limits<double>::infinity() : 0);
  result.top1 = static_cast<double>(same) / static_cast<double>(rows);
  return result;
}

}  // namespace mien::runtime_bench
