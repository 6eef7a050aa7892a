// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/study_table.h"

#include <algorithm>
#include <cmath>

#include "mien/reproduce/student_t.h"
#include "mien/reproduce/table_notes.h"

namespace mien {
namespace {

constexpr int resamples = 2000;

using Runs = std::vector<const SeedRun*>;

Runs scored_runs(const std::vector<SeedRun>& runs) {
  Runs result;
  for (const auto& run : runs)
    if (run.record.state == RunState::scored) result.push_back(&run);
  return result;
}

/// Runs of the same seeds, pair by pair.
std::pair<Runs, Runs> common_seeds(const Runs& a, const Runs& b) {
  std::pair<Runs, Runs> result;
  for (const SeedRun* one : a)
    for (const SeedRun* other : b)
      if (one->seed == other->seed) {
        result.first.push_back(one);
        result.second.push_back(other);
      }
  return result;
}

bool same_images(const Runs& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const SeedRun* run) { return run->record.test.ids == runs.front()->record.test.ids; });
}

/// The predictions of all seeds as one set, an image of two seeds counted twice.
Predictions pooled(const Runs& runs) {
  Predictions all;
  all.classes = runs.front()->record.test.classes;
  for (const SeedRun* run : runs) {
    const Predictions& one = run->record.test;
    for (const auto& id : one.ids) all.ids.push_back(std::to_string(run->seed) + ":" + id);
    all.logits.insert(all.logits.end(), one.logits.begin(), one.logits.end());
    all.labels.insert(all.labels.end(), one.labels.begin(), one.labels.end());
  }
  return all;
}

/// Seeds that were tested on different halves of a test split have few images in common; those are pooled instead.
PairedDifference over_images(const Runs& baseline, const Runs& runs) {
  Runs all = baseline;
  all.insert(all.end(), runs.begin(), runs.end());
  if (!same_images(all)) return paired_difference(pooled(baseline), pooled(runs), resamples, 1);
  std::vector<const Predictions*> a, b;
  for (const SeedRun* run : baseline) a.push_back(&run->record.test);
  for (const SeedRun* run : runs) b.push_back(&run->record.test);
  return paired_difference(a, b, resamples, 1);
}

bool beyond_zero(const Interval& interval) { return interval.low > 0 || interval.high < 0; }

std::optional<BaselineDifference> difference(const Runs& all_baseline, const Runs& all_runs) {
  const auto [baseline, runs] = common_seeds(all_baseline, all_runs);
  if (runs.empty()) return std::nullopt;
  BaselineDifference result;
  result.seeds = static_cast<std::int64_t>(runs.size());
  std::vector<double> by_seed;
  for (std::size_t i = 0; i < runs.size(); ++i) by_seed.push_back(runs[i]->record.accuracy - baseline[i]->record.accuracy);
  result.mean = summarize(by_seed).mean;
  result.over_seeds = mean_t_interval(by_seed);
  result.over_images = over_images(baseline, runs);
  if (!result.over_seeds) return result;
  const Interval &seeds = *result.over_seeds, &images = result.over_images.interval;
  const bool beyond = beyond_zero(seeds) && beyond_zero(images) && (seeds.low > 0) == (images.low > 0);
  result.reading = beyond ? Reading::beyond_noise : Reading::within_noise;
  return result;
}

std::optional<PublishedAccuracy> published_for(const StudyRow& row, const std::string& data) {
  for (const auto& one : row.published)
    if (one.data == data) return one;
  if (row.published.empty()) return std::nullopt;
  return row.published.front();
}

std::optional<Summary> summary_of(const Runs& runs, const auto& value) {
  std::vector<double> values;
  for (const SeedRun* run : runs)
    if (const double one = value(run->record); std::isfinite(one)) values.push_back(one);
  if (values.empty()) return std::nullopt;
  return summarize(values);
}

std::vector<std::string> measurement_names(const Runs& runs) {
  std::vector<std::string> names;
  for (const SeedRun* run : runs)
    for (const auto& [name, value] : run->record.measurements)
      if (std::isfinite(value) && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

double measurement(const RunRecord& record, const std::string& name) {
  for (const auto& [other, value] : record.measurements)
    if (other == name) return value;
  return std::nan("");
}

void add_published(const StudyRow& row, const StudyRow& baseline, const std::string& data, StudyTableRow& result) {
  result.published = published_for(row, data);
  if (!result.published) return;
  const auto base = published_for(baseline, result.published->data);
  if (&row != &baseline && base && base->data == result.published->data)
    result.published_gain = result.published->mean - base->mean;
  if (result.test && result.published->data == data) result.to_published = 100 * result.test->mean - result.published->mean;
}

StudyTableRow make_row(const Study& study, std::size_t index, const std::string& data,
                       const std::vector<std::vector<SeedRun>>& runs) {
  StudyTableRow row;
  row.key = study.rows[index].key;
  row.title = study.rows[index].title;
  row.curve = study.rows[index].curve;
  row.level = study.rows[index].level;
  row.runs = runs[index];
  const Runs scored = scored_runs(row.runs);
  std::vector<double> accuracies;
  for (const SeedRun* run : scored) {
    row.scored.push_back(run->seed);
    accuracies.push_back(run->record.accuracy);
  }
  if (!accuracies.empty()) row.test = summarize(accuracies);
  row.interval = mean_t_interval(accuracies);
  row.validation = summary_of(scored, [](const RunRecord& record) { return record.validation; });
  row.seconds = summary_of(scored, [](const RunRecord& record) { return record.seconds; });
  for (const auto& name : measurement_names(scored))
    row.measurements.emplace_back(name, *summary_of(scored, [&](const RunRecord& record) { return measurement(record, name); }));
  if (index > 0) row.to_baseline = difference(scored_runs(runs.front()), scored);
  add_published(study.rows[index], study.rows.front(), data, row);
  return row;
}

}  // namespace

std::string to_text(Reading reading) {
  if (reading == Reading::unknown) return "one seed";
  return reading == Reading::beyond_noise ? "beyond the noise" : "within the noise";
}

const Summary* measurement_of(const StudyTableRow& row, const std::string& name) {
  for (const auto& [other, summary] : row.measurements)
    if (other == name) return &summary;
  return nullptr;
}

StudyTable make_study_table(const Study& study, const StudyHeading& heading, const std::vector<std::vector<SeedRun>>& runs) {
  StudyTable table;
  table.heading = heading;
  for (std::size_t i = 0; i < study.rows.size(); ++i) {
    table.rows.push_back(make_row(study, i, heading.data_format, runs));
    for (const auto& [name, summary] : table.rows.back().measurements)
      if (std::find(table.measurements.begin(), table.measurements.end(), name) == table.measurements.end())
        table.measurements.push_back(name);
    for (const auto& run : runs[i]) table.failed += run.record.state == RunState::failed;
  }
  table.notes = table_notes(study, table);
  return table;
}

}  // namespace mien
