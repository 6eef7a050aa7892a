// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/data/dataset.h"

namespace mien {

/// Wrong labels made on purpose, to see how much of them a training tolerates.
struct LabelNoise {
  /// "" = none | symmetric (any other class, all alike) | pairs (the class that it is taken for most, see `confused_with`)
  std::string kind;
  double share = 0;  ///< of the samples, 0..1
};

/// "" | "symmetric:0.2" | "pairs:0.2". Throws Error{usage}.
LabelNoise parse_label_noise(const std::string& text);

/// surprise <-> fear, anger <-> disgust, sadness <-> neutral, happiness -> neutral, contempt -> neutral; "" for other classes.
std::string confused_with(const std::string& expression);

/// The data set with some labels replaced. A distribution, where a sample has one, has its parts of the old and the new class
/// exchanged. With "pairs", classes whose counterpart the label space lacks stay. Who is hit and what becomes of it depends on
/// the seed and the sample's id alone: not on the order, the split or the fold; samples hit by a small share are hit by a larger
/// one. Throws Error{usage} when no class has a counterpart.
Dataset with_label_noise(Dataset dataset, const LabelNoise& noise, std::uint64_t seed);

}  // namespace mien
