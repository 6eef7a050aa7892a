// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/metrics/ensemble.h"
#include "mien/report/evaluation_report.h"

namespace mien {

struct VoteOptions {
  std::string rule = "mean";    ///< mean | geometric_mean | hard, as in VotingRule
  std::vector<double> weights;  ///< one a run; empty = all alike
  int bootstrap = 1000;         ///< resamples for the intervals; 0 = none
  std::uint64_t seed = 1;
};

/// What several evaluated runs answer together for the same images, as one evaluation. `folders` are such as `compare_runs` takes;
/// an image that one of them could not process counts as failed. Throws what `compare_runs` does, and Error{usage} for an
/// unknown rule or a wrong number of weights, Error{mismatch} for other classes, other labels or no image in common.
EvaluationResult vote_of_runs(const std::vector<std::filesystem::path>& folders, const VoteOptions& options);

}  // namespace mien
