// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/explain/explain_result.h"

namespace mien {

/// Fills means and 95 % bootstrap intervals of every method, and its gains over each control, from the images.
void summarize(ExplainResult& result, int resamples, std::uint64_t seed);

}  // namespace mien
