// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mien {

/// Turns probabilities over any classes into those of seven emotions that other programs know, by name. Classes that are not
/// among the seven (contempt) are left out and the rest is scaled to a sum of 1; an emotion that is not among the classes is 0.
class SevenEmotions {
 public:
  /// `emotions`: canonical names in the wanted order.
  SevenEmotions(const std::vector<std::string>& class_names, std::vector<std::string> emotions);
  /// In the order of `emotions`; nullopt for no probabilities, or when nothing of them is left.
  std::optional<std::vector<double>> of(const std::vector<float>& probabilities) const;

 private:
  std::vector<std::string> emotions_;
  std::vector<int> position_;  ///< of each class among the emotions; -1 = left out
};

}  // namespace mien
