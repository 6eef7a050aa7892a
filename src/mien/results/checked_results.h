// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/results/results.h"

namespace mien {

/// Decimals with which results are kept. What is written from a result and from the same result read back is equal.
namespace decimals {
constexpr int time = 6, pixel = 2, score = 4, angle = 2, position = 1, error = 3, share = 3, probability = 5, affect = 4,
              intensity = 3;
}

/// Throws Error{bad_data} that names source and frame when the parts of a result contradict each other or `info`: as many
/// probabilities as classes, a label among them, 68 landmarks or none, 18 action units or none.
void check_result(const FrameResult& frame, const AnalysisInfo& info);

/// The result with its numbers rounded and its error text made well-formed UTF-8.
FrameResult rounded(FrameResult frame);

}  // namespace mien
