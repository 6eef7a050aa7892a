// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mien/data/dataset.h"

namespace mien {

/// Records that no split may separate.
struct Unit {
  std::vector<std::int64_t> members;                    ///< ascending
  std::vector<std::pair<int, std::int64_t>> per_class;  ///< (stratum, records), ascending; stratum 0 = without a class
  std::int64_t size() const { return static_cast<std::int64_t>(members.size()); }
};

/// Strata of a data set: 0 for records without a class, 1 + class for the others.
int stratum_count(const Dataset& dataset);

/// The records joined by equal non-empty groups and, when `by_identity`, by equal non-empty identities (chains of both
/// included), in order of their first record.
std::vector<Unit> make_units(const Dataset& dataset, bool by_identity);

}  // namespace mien
