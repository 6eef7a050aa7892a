// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/seven_emotions.h"

#include <algorithm>
#include <cmath>

#include "mien/data/label_space.h"

namespace mien {

SevenEmotions::SevenEmotions(const std::vector<std::string>& class_names, std::vector<std::string> emotions)
    : emotions_(std::move(emotions)) {
  for (const auto& name : class_names) {
    const auto found = std::find(emotions_.begin(), emotions_.end(), canonical_expression(name));
    position_.push_back(found == emotions_.end() ? -1 : static_cast<int>(found - emotions_.begin()));
  }
}

std::optional<std::vector<double>> SevenEmotions::of(const std::vector<float>& probabilities) const {
  std::vector<double> result(emotions_.size(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < std::min(probabilities.size(), position_.size()); ++i) {
    if (position_[i] < 0 || !std::isfinite(probabilities[i])) continue;
    result[static_cast<std::size_t>(position_[i])] += probabilities[i];
    sum += probabilities[i];
  }
  if (!(sum > 0)) return std::nullopt;
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace mien
