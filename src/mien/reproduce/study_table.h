// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/report/run_comparison.h"
#include "mien/reproduce/run_record.h"
#include "mien/reproduce/study.h"

namespace mien {

/// One seed of a row.
struct SeedRun {
  std::int64_t seed = 0;
  std::filesystem::path folder;
  RunRecord record;
};

/// May a difference be a matter of chance?
enum class Reading {
  unknown,       ///< fewer than two seeds in common with the baseline
  within_noise,  ///< one of the two intervals holds 0
  beyond_noise,  ///< both intervals are on one side of 0
};
std::string to_text(Reading reading);

/// A row's test accuracy minus the baseline's, over the seeds that both have. Shares, 0..1.
struct BaselineDifference {
  std::int64_t seeds = 0;
  double mean = 0;                     ///< of the differences seed by seed
  std::optional<Interval> over_seeds;  ///< 95 % t interval of that mean
  PairedDifference over_images;        ///< 95 % bootstrap over test images
  Reading reading = Reading::unknown;
};

/// One line of the table; optional values are absent before a run is scored.
struct StudyTableRow {
  std::string key, title;
  std::string curve;  ///< and `level`: as in StudyRow
  double level = 0;
  std::vector<SeedRun> runs;
  std::vector<std::int64_t> scored;  ///< seeds
  std::optional<Summary> test, validation, seconds;
  std::optional<Interval> interval;  ///< 95 % t interval of the mean test accuracy
  std::optional<BaselineDifference> to_baseline;
  std::vector<std::pair<std::string, Summary>> measurements;
  std::optional<PublishedAccuracy> published;  ///< for the same data set where there is one
  std::optional<double> published_gain;        ///< over the baseline's, percent points
  std::optional<double> to_published;          ///< ours minus theirs, percent points; same data set only
};

/// What a row measured under this name; null when nothing.
const Summary* measurement_of(const StudyTableRow& row, const std::string& name);

/// What the table is about.
struct StudyHeading {
  std::string study, title, source, scale, scale_summary;
  std::string data, data_format, test_split;  ///< spec as given, format name, split that was scored
  std::int64_t seeds = 0;                     ///< asked for
  std::string select;                         ///< validation metric that chose the epochs
  std::string command;
  std::string level_title{};  ///< as in Study
  std::string validation{};   ///< which images chose them (validation_text); "" = not known
};

struct StudyTable {
  StudyHeading heading;
  std::vector<StudyTableRow> rows;
  std::vector<std::string> measurements;  ///< columns that at least one row has
  std::vector<std::string> notes;         ///< what the reader must know
  std::int64_t failed = 0;                ///< runs, and scores on other data sets
};

/// @param runs  of every row of the study, in its order
StudyTable make_study_table(const Study& study, const StudyHeading& heading, const std::vector<std::vector<SeedRun>>& runs);

/// Header and rows as people read them: accuracies in percent.
std::vector<std::vector<std::string>> readable_cells(const StudyTable& table);
std::string study_markdown(const StudyTable& table);
/// One line a row, shares 0..1, published figures in percent.
std::string study_csv(const StudyTable& table);
/// One line a run.
std::string study_runs_csv(const StudyTable& table);
std::string study_json(const StudyTable& table);

}  // namespace mien
