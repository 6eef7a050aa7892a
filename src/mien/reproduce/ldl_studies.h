// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/reproduce/study.h"

namespace mien {

/// Table 1 of report 002: EfficientFace on labels and on the distributions of two teachers, and the teachers themselves; with two
/// rows that it does not have: human votes, and smoothed labels.
Study ldl_table_study();

}  // namespace mien
