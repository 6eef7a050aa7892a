// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/reproduce/study.h"

namespace mien {

/// Table 1 of report 002: EfficientFace on labels and on the distributions of two teachers, and the teachers themselves; with two
/// rows that it does not have: human votes, and smoothed labels.
Study ldl_table_study();

/// Accuracy against the share of wrong labels, which report 002 wished for: the rows of `ldl_table_study` that it names (labels, both
/// teachers and their students) and the votes, each without noise and with `--label-noise KIND:SHARE` for growing shares. A student's
/// teacher learned the same wrong labels. Noise is in the training labels alone; validation and test keep theirs.
/// @param kind  symmetric | pairs
Study label_noise_study(const std::string& kind);

}  // namespace mien
