// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mien/data/dataset.h"

namespace mien {

/// Indices of the two sides of a split, ascending.
struct Split {
  std::vector<std::int64_t> train, held_out;
};

/// Holds out `share` of every class (the label, else the largest class of the distribution, else "none"), drawn by seed and
/// rounded to whole records; a class with two records or more keeps one on each side when 0 < share < 1. Records with the
/// same non-empty `group` or, when `by_identity`, the same identity stay on one side (classes are then balanced greedily).
/// Throws Error{usage} for a share outside [0,1].
Split stratified_split(const Dataset& dataset, double share, std::uint64_t seed, bool by_identity = false);

/// k folds. `consecutive`: runs of n/k records in file order, the first n mod k one longer (report 004); `by_identity`:
/// subject-disjoint folds of about equal size, a record without identity counts as a person of its own; else stratified by
/// seed. Records of one non-empty `group` share a fold (consecutive: the fold of the first of them). Returns the fold of
/// every record. Throws Error{usage} for k < 2 and Error{bad_data} when there are fewer records, or people, than folds.
enum class FoldKind { consecutive, stratified, by_identity };
std::vector<int> folds(const Dataset& dataset, int k, FoldKind kind, std::uint64_t seed);
/// Train and validation part of an epoch when the validation fold rotates: fold = epoch mod k (report 004). Throws
/// Error{usage} when no record is in `validation_fold`.
Split fold_split(const std::vector<int>& fold_of, int validation_fold);

}  // namespace mien
