// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// An evaluated model: what report.json and predictions.csv of a folder say.
struct ComparedRun {
  std::filesystem::path folder;  ///< where the two files lie
  std::string name;              ///< shortest end of the given path that tells the runs apart
  std::string group;
  std::vector<std::string> class_names;
  Predictions predictions;
  ClassificationMetrics metrics;
  std::int64_t failed = 0;  ///< images that could not be processed, from report.json (0 without it)
};

struct ComparisonOptions {
  /// Runs whose name begins with one of these texts form a group of that name (the longest counts). Others are grouped by
  /// `name_stem`. A text that fits no run is an Error{usage}.
  std::vector<std::string> groups;
  int resamples = 2000;
  std::uint64_t seed = 1;
};

struct Summary {
  double mean = 0, sd = 0, min = 0, median = 0, max = 0;
};
/// `sd` is the sample standard deviation (n - 1), 0 for one value. Throws Error{bad_data} for none.
Summary summarize(std::vector<double> values);

/// One configuration over its seeds. Shares are 0..1.
struct ComparisonRow {
  std::string group;
  std::vector<std::string> runs;
  Summary accuracy, balanced_accuracy, macro_f1, ece;
  /// Accuracy minus that of the first row on the common images; nullopt in the first row.
  std::optional<PairedDifference> to_first;
};

struct Comparison {
  std::vector<ComparisonRow> rows;  ///< in order of first appearance
  std::vector<ComparedRun> runs;
  std::vector<std::string> notes;  ///< what the reader must know: differing images, single seeds
};

/// The configuration's name: "pal-seed3", "pal_s3", "pal-run2" and "pal_fold1" are "pal"; "pal-2" is "pal" only when "pal" is
/// among `all_names` (that is how repeated runs are numbered), so that "resnet-18" and "resnet-50" stay apart.
std::string name_stem(const std::string& name, const std::vector<std::string>& all_names);

/// Where predictions.csv and report.json of a run or evaluation folder lie: in itself, in results/, or in one of its subfolders. Throws
/// Error{not_found} for a folder without them and Error{bad_data} when two such subfolders exist.
std::filesystem::path results_folder(const std::filesystem::path& given);

/// Reads the run or evaluation folders (the two files lie in the folder itself, in results/, or in one of its subfolders).
/// Metrics are computed again from the predictions. Throws Error{not_found} for folders without them, Error{bad_data} when
/// two such subfolders exist, and Error{mismatch} for different classes.
Comparison compare_runs(const std::vector<std::filesystem::path>& folders, const ComparisonOptions& options);

std::string comparison_text(const Comparison& comparison);
std::string comparison_csv(const Comparison& comparison);
std::string comparison_markdown(const Comparison& comparison);
std::string comparison_json(const Comparison& comparison);

}  // namespace mien
