// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/data/dataset.h"

namespace mien {

/// Which samples an epoch shows, and in which order. The class of a record is its label, else the largest class of its
/// distribution. "balanced", "undersampled" and "per_class" leave out records without a class and skip empty classes.
struct SamplerOptions {
  /// sequential | shuffled | balanced (classes drawn with equal chance) | undersampled (every class cut to the smallest,
  /// a new draw each epoch; report 004) | per_class (batches of `per_class` samples of each class in turn: index mod K
  /// chooses the class, then a random image of it; report 003)
  std::string kind = "shuffled";
  std::int64_t per_class = 8;  ///< t of "per_class"
  /// Samples an epoch for "balanced" and "per_class", 0 = size of the data set; "per_class" rounds down to whole blocks of
  /// K * per_class, but to one at least.
  std::int64_t samples = 0;
};

void describe(SamplerOptions& options, OptionTable& table);

/// The indices of one epoch: a pure function of (options, data set labels, seed, epoch). Throws Error{usage} for an unknown
/// kind and for numbers out of range, Error{bad_data} when a kind that needs classes finds none.
std::vector<std::int64_t> epoch_indices(const SamplerOptions& options, const Dataset& dataset, std::uint64_t seed,
                                        std::int64_t epoch);

}  // namespace mien
