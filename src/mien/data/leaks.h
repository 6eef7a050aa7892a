// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/dataset.h"

namespace mien {

/// Records with equal content. `indices` in data set order.
struct DuplicateGroup {
  std::vector<std::int64_t> indices;
  bool same_bytes = false;
  bool across_splits = false;
};

struct LeakReport {
  std::vector<DuplicateGroup> duplicates;                                           ///< byte- or pixel-identical images
  std::vector<std::pair<std::string, std::vector<std::string>>> shared_identities;  ///< identity, splits it occurs in
  std::vector<std::string> unreadable;                                              ///< "id: reason"
  std::int64_t images_across_splits = 0;  ///< images outside train whose copy is in train
};

/// Reads every image (in parallel) and compares file hashes and decoded pixels.
LeakReport find_leaks(const Dataset& dataset, int threads, Progress& progress);

/// Keeps one copy of every duplicate group, in the first of the splits train, valid, test that has one, and removes the
/// rest; `removed`, when given, receives the count by split.
Dataset drop_duplicates(const Dataset& dataset, const LeakReport& leaks,
                        std::vector<std::pair<std::string, int>>* removed = nullptr);

}  // namespace mien
