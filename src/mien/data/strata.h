// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "mien/data/dataset.h"

namespace mien {

/// The class by which a record is balanced: its label, else the largest class of its distribution, else -1.
inline int stratum_of(const Annotations& annotations) {
  if (annotations.label >= 0) return annotations.label;
  const auto& p = annotations.distribution;
  return p.empty() ? -1 : static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin());
}

}  // namespace mien
