// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"

namespace mien {

double Agreement::relative() const {
  if (range > 0 || std::isnan(range)) return max_difference / range;
  return max_difference == 0 ? 0 : std::numeric_limits<double>::infinity();
}

Agreement agreement(std::span<const float> reference, std::span<const float> other, int classes) {
  if (classes < 1 || reference.size() != other.size() || reference.size() % static_cast<std::size_t>(classes) != 0)
    throw Error(ErrorCode::mismatch,
                fmt::format("{} logits cannot be compared with {}, {} classes", reference.size(), other.size(), classes));
  Agreement out;
  if (reference.empty()) return out;
  const auto [low, high] = std::minmax_element(reference.begin(), reference.end());
  out.range = static_cast<double>(*high) - *low;
  std::int64_t same = 0;
  for (std::size_t i = 0; i < reference.size(); i += static_cast<std::size_t>(classes), ++out.images) {
    const auto a = reference.subspan(i, static_cast<std::size_t>(classes)),
               b = other.subspan(i, static_cast<std::size_t>(classes));
    same += std::max_element(a.begin(), a.end()) - a.begin() == std::max_element(b.begin(), b.end()) - b.begin();
    for (std::size_t c = 0; c < a.size(); ++c) {
      const double difference = std::abs(static_cast<double>(a[c]) - b[c]);
      if (!(difference <= out.max_difference)) out.max_difference = difference;  // a NaN stays
      if (std::isnan(out.max_difference)) out.max_difference = std::numeric_limits<double>::infinity();
    }
  }
  out.top1 = static_cast<double>(same) / static_cast<double>(out.images);
  return out;
}

}  // namespace mien
