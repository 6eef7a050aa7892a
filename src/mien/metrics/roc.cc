// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/roc.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "mien/base/error.h"

namespace mien {

double area_under_roc(const std::vector<double>& scores, const std::vector<bool>& positive) {
  if (scores.size() != positive.size())
    throw Error(ErrorCode::bad_data, fmt::format("{} scores for {} samples", scores.size(), positive.size()));
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  double won = 0, negatives = 0, positives = 0;  // pairs that the positive wins, over the samples so far
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double tied_positives = 0, tied_negatives = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end)
      (positive[order[end]] ? tied_positives : tied_negatives) += 1;
    won += tied_positives * (negatives + 0.5 * tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  return positives > 0 && negatives > 0 ? won / (positives * negatives) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace mien
