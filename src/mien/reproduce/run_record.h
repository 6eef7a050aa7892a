// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

enum class RunState {
  absent,   ///< no training has begun
  started,  ///< it can go on
  failed,   ///< it ended with an error
  trained,  ///< not scored yet
  scored,
};
std::string to_text(RunState state);

/// What a run folder says about its run.
struct RunRecord {
  RunState state = RunState::absent;
  std::string reason;                                            ///< of a failed run
  std::int64_t best_epoch = 0;                                   ///< from 1
  double validation = std::numeric_limits<double>::quiet_NaN();  ///< accuracy in the best epoch, 0..1
  double seconds = 0;                                            ///< of training
  std::string data_hash, commit;                                 ///< from run.json
  /// What the method measured on the validation part in the best epoch: columns of results.csv such as valid/prior_correlation,
  /// less the trainer's own ones; and its scores on other data sets, NAME/accuracy and NAME/balanced_accuracy.
  std::vector<std::pair<std::string, double>> measurements;
  std::vector<std::string> class_names;
  Predictions test;             ///< of a scored run
  double accuracy = 0;          ///< on the test part, 0..1
  std::int64_t unreadable = 0;  ///< test images that could not be read
};

/// Where the scores of a run lie in its folder: on its own test part, and on other data sets by their names.
constexpr const char* test_folder = "test";
constexpr const char* other_tests_folder = "other_tests";
constexpr const char* unfinished_prefix = ".unfinished-";  ///< of such a folder while it is written; no data set's name begins with a dot

/// Reads a run folder, which need not exist. `select`: the metric that chose the best epoch.
RunRecord read_run_record(const std::filesystem::path& folder, const std::string& select);

}  // namespace mien
