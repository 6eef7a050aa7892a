// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mien {

/// One option of `mien train`: the name of its flag without dashes in front ("batch_size", "pal-layer") or "section.name", and
/// the value as text.
struct Setting {
  std::string option, value;
};
using Settings = std::vector<Setting>;

/// An accuracy that somebody published, in percent.
struct PublishedAccuracy {
  std::string data;  ///< format name of the data set, e.g. "rafdb"
  double mean = 0;           ///< or the median, where `min` and `max` are given
  std::optional<double> sd;  ///< what stands behind the ± there
  std::string source;        ///< where it stands, e.g. "Bonnard et al. 2022, Table I"
  std::optional<double> min{}, max{};  ///< over the runs
};

/// One line of a published table: what it changes against the study's base.
struct StudyRow {
  std::string key;  ///< [a-z0-9-]+; names the configuration: equal keys in two studies are equal settings and share their runs
  std::string title;
  Settings settings;
  std::vector<PublishedAccuracy> published;  ///< the first one of a data set stands in the table, others in its notes
  std::string teacher_row{};                 ///< key of another row: its run of the same seed is trained first and becomes `ldl_teacher`
  std::string curve{};  ///< rows of one name are points of one curve over `level`, in a study that has a `level_title`
  double level = 0;
};

/// An option without a useful default at a scale, and what it is for.
struct RequiredOption {
  std::string option, why;
};

/// How much of the published effort is spent.
struct StudyScale {
  std::string name;     ///< smoke | reduced | full
  std::string summary;  ///< one sentence
  std::int64_t seeds = 1;
  Settings settings;
  std::vector<RequiredOption> required;
  std::map<std::string, Settings> by_row{};  ///< by row key: what a row has of its own at this scale, e.g. its network
};

/// A published table as configurations that can be trained. Settings apply in the order base, scale, the scale's for the row, data set,
/// (the user's,) row.
struct Study {
  std::string name, title;
  std::string source;  ///< the publication
  Settings base;
  std::vector<StudyRow> rows;  ///< the first one is the baseline of all differences
  std::vector<StudyScale> scales;
  std::map<std::string, Settings> by_data;  ///< by format name: its protocol
  std::string level_title{};  ///< what the rows' `level` is, for the axis of the plot; "" = rows are no points of curves
  bool needs_landmarks = false;
  bool needs_action_units = false;  ///< or landmarks to estimate them from
};

}  // namespace mien
