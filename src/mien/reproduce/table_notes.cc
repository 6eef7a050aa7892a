// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/table_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mien/base/text.h"

namespace mien {
namespace {

using Notes = std::vector<std::string>;

template <typename F>
void each_scored(const StudyTable& table, const F& use) {
  for (const auto& row : table.rows)
    for (const auto& run : row.runs)
      if (run.record.state == RunState::scored) use(row, run);
}

void about_test(const StudyTable& table, Notes& notes) {
  std::set<std::int64_t> images;
  std::int64_t unreadable = 0;
  each_scored(table, [&](const auto&, const SeedRun& run) {
    images.insert(run.record.test.size());
    unreadable += run.record.unreadable;
  });
  if (images.empty()) return;
  const std::string count = images.size() == 1
                                ? with_commas(*images.begin())
                                : fmt::format("{} to {}", with_commas(*images.begin()), with_commas(*images.rbegin()));
  notes.push_back(fmt::format(
      "Scored: {} images of the {} split of {}, each run once, with the weights of the epoch that had the best validation {}.",
      count, table.heading.test_split, table.heading.data_format, table.heading.select));
  if (!table.heading.validation.empty()) notes.push_back(fmt::format("Validation: {}.", table.heading.validation));
  if (table.heading.test_split == "valid") notes.push_back("The data set has no test split: its valid split is the test.");
  if (unreadable > 0)
    notes.push_back(fmt::format("{} test images could not be read (summed over the runs).", with_commas(unreadable)));
}

void about_intervals(const StudyTable& table, Notes& notes) {
  std::set<std::vector<std::string>> image_sets;
  bool single = false, compared = false;
  each_scored(table, [&](const auto&, const SeedRun& run) { image_sets.insert(run.record.test.ids); });
  for (const auto& row : table.rows) {
    single = single || row.scored.size() == 1;
    compared = compared || (row.to_baseline && row.to_baseline->seeds > 1);
  }
  if (single) notes.push_back("Rows of one seed say nothing about the spread between seeds.");
  if (compared)
    notes.push_back(
        "± is the sample standard deviation over seeds. A difference is beyond the noise when both its 95 % intervals, the "
        "bootstrap "
        "over test images and Student's t over seeds, leave out 0. With several rows one such finding by chance is no surprise.");
  if (image_sets.size() > 1)
    notes.push_back(
        "The seeds were tested on different parts of the split. For the interval over images an image of two seeds counts twice, "
        "which makes it somewhat too narrow.");
}

void about_published(const Study& study, const StudyTable& table, Notes& notes) {
  std::set<std::string> other_data, sources;
  std::vector<std::string> further;
  for (std::size_t i = 0; i < study.rows.size(); ++i)
    for (const auto& one : study.rows[i].published) {
      const auto& shown = table.rows[i].published;
      if (shown) sources.insert(fmt::format("{} ({})", shown->source, shown->data));
      if (one.data != table.heading.data_format) other_data.insert(one.data);
      if (shown && (one.source != shown->source || one.data != shown->data))
        further.push_back(fmt::format("{}: {:.2f} on {} ({})", study.rows[i].title, one.mean, one.data, one.source));
    }
  if (!sources.empty()) notes.push_back(fmt::format("Published: {}.", join({sources.begin(), sources.end()}, "; ")));
  if (std::any_of(table.rows.begin(), table.rows.end(), [](const auto& row) { return row.published && row.published->min; }))
    notes.push_back("Published figures with slashes are minimum / median / maximum over runs; their gains are differences of medians.");
  if (!other_data.empty())
    notes.push_back(fmt::format("Published figures are for {}; on {} only gains over the baseline can be set beside them.",
                                join({other_data.begin(), other_data.end()}, ", "), table.heading.data_format));
  if (table.heading.scale != "full")
    notes.push_back(fmt::format("Scale {}: {}.{}", table.heading.scale, table.heading.scale_summary,
                                sources.empty() ? "" : " Published figures are those of the full protocol."));
  if (!further.empty()) notes.push_back(fmt::format("Also published: {}.", join(further, "; ")));
}

void about_missing(const StudyTable& table, Notes& notes) {
  for (const auto& row : table.rows) {
    std::vector<std::string> open;
    for (const auto& run : row.runs) {
      if (run.record.state == RunState::failed)
        notes.push_back(fmt::format("{}, seed {}, failed: {}", row.key, run.seed, run.record.reason));
      else if (run.record.state != RunState::scored)
        open.push_back(std::to_string(run.seed));
    }
    if (!open.empty()) notes.push_back(fmt::format("{}: not finished: seed {}.", row.key, join(open, ", ")));
  }
}

void about_origin(const StudyTable& table, Notes& notes) {
  std::set<std::string> commits, hashes;
  each_scored(table, [&](const auto&, const SeedRun& run) {
    commits.insert(run.record.commit);
    hashes.insert(run.record.data_hash);
  });
  if (commits.size() > 1)
    notes.push_back(fmt::format("The runs were made by different commits: {}.", join({commits.begin(), commits.end()}, ", ")));
  if (hashes.size() > 1)
    notes.push_back("The data set changed between the runs (ids, splits or labels): they are not comparable.");
}

}  // namespace

std::vector<std::string> table_notes(const Study& study, const StudyTable& table) {
  Notes notes;
  about_missing(table, notes);
  about_test(table, notes);
  about_intervals(table, notes);
  about_published(study, table, notes);
  about_origin(table, notes);
  return notes;
}

}  // namespace mien
