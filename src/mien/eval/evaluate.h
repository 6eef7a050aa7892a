// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/base/progress.h"
#include "mien/data/catalogue.h"
#include "mien/pipeline/face_classifier.h"
#include "mien/report/evaluation_report.h"

namespace mien {

struct EvaluateConfig {
  std::string weights;                 ///< weights file or run folder
  DatasetOptions data;
  std::string split = "test";          ///< split to score; "all" = every record
  std::vector<std::string> exclude;    ///< text or CSV files naming images to leave out
  FaceClassifierOptions compute;
  std::int64_t batch_size = 128;
  std::int64_t loader_threads = 2;
  double max_bad_share = 0.05;
  std::int64_t bootstrap = 1000;       ///< resamples for the intervals; 0 = none
  std::int64_t seed = 1;
  std::int64_t hardest = 48;           ///< mistakes on the contact sheet
  bool calibrate = false;              ///< fit the temperature on this split and store it with the weights
};
void describe(EvaluateConfig& config, OptionTable& table);

/// Scores weights on a split. Records whose class the weights do not know are left out and counted in the facts.
EvaluationResult evaluate(const EvaluateConfig& config, Progress& progress);

/// Image names in a text file (one a line) or a CSV file (column `image`, else the first); with a column `drop`, only rows
/// whose drop is not 0, and with a column `folder`, "folder/image" as well.
std::vector<std::string> read_image_names(const std::filesystem::path& file);

}  // namespace mien
