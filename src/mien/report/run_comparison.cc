// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

bool has_results(const fs::path& folder) { return fs::is_regular_file(folder / "predictions.csv"); }

}  // namespace

fs::path results_folder(const fs::path& given) {
  if (!fs::is_directory(given))
    throw Error(ErrorCode::not_found, fmt::format("{}: no such run folder", given.string()),
                "Give folders that an evaluation has written.");
  for (const auto& folder : {given, given / "results"})
    if (has_results(folder)) return folder;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(given))
    if (entry.is_directory() && has_results(entry.path())) found.push_back(entry.path());
  if (found.empty())
    throw Error(ErrorCode::not_found, fmt::format("{}: no predictions.csv in it or in one of its subfolders", given.string()),
                "Evaluate the run's weights first: the evaluation writes predictions.csv and report.json.");
  if (found.size() > 1) {
    std::sort(found.begin(), found.end());
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: {} and {} both hold predictions", given.string(), found[0].string(), found[1].string()),
                "Name the one to compare.");
  }
  return found.front();
}

namespace {

/// The last `parts` components of a path, joined by '/'.
std::string tail(const fs::path& path, std::size_t parts) {
  std::vector<std::string> names;
  for (const auto& part : path.lexically_normal())
    if (!part.empty() && part != "/" && part != ".") names.push_back(part.string());
  if (names.size() > parts) names.erase(names.begin(), names.end() - static_cast<std::ptrdiff_t>(parts));
  return join(names, "/");
}

std::vector<std::string> short_names(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  for (std::size_t parts = 1; parts < 12; ++parts) {
    names.clear();
    for (const auto& folder : folders) names.push_back(tail(folder, parts));
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size()) return names;
  }
  throw Error(ErrorCode::usage, "the same run folder was given twice");
}

std::string group_of(const std::string& name, const std::vector<std::string>& all_names, const std::vector<std::string>& groups) {
  const std::string* best = nullptr;
  for (const auto& group : groups)
    if (name.rfind(group, 0) == 0 && (best == nullptr || group.size() > best->size())) best = &group;
  return best != nullptr ? *best : name_stem(name, all_names);
}

/// "failed" of report.json, which an evaluation writes beside its predictions.
std::int64_t failed_images(const fs::path& folder) {
  const fs::path file = folder / "report.json";
  if (!fs::is_regular_file(file)) return 0;
  const auto report = parse_json(read_text(file), file.string(), "Evaluate again.");
  if (!report.is_object())
    throw Error(ErrorCode::bad_file, fmt::format("{}: not a JSON object", file.string()), "Evaluate again.");
  const auto failed = report.find("failed");
  return failed != report.end() && failed->is_number_integer() ? failed->get<std::int64_t>() : 0;
}

/// Every given beginning must fit a run: a silent one is a typing mistake.
void check_groups(const std::vector<std::string>& names, const std::vector<std::string>& groups) {
  for (const auto& group : groups)
    if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return name.rfind(group, 0) == 0; }))
      throw Error(ErrorCode::usage, fmt::format("no run's name begins with the group '{}'", group),
                  fmt::format("The runs are: {}.", join(names, ", ")));
}

ComparedRun read_run(const fs::path& given) {
  ComparedRun run;
  run.folder = results_folder(given);
  run.predictions = read_predictions_csv(run.folder / "predictions.csv", run.class_names);
  run.metrics = classification_metrics(run.predictions);
  run.failed = failed_images(run.folder);
  return run;
}

void check_classes(const std::vector<ComparedRun>& runs) {
  for (const auto& run : runs)
    if (run.class_names != runs.front().class_names)
      throw Error(ErrorCode::mismatch,
                  fmt::format("{} has the classes {}, but {} has {}", runs.front().name, join(runs.front().class_names, ", "),
                              run.name, join(run.class_names, ", ")),
                  "Only models with the same classes in the same order can be compared.");
}

std::vector<const ComparedRun*> members(const Comparison& comparison, const std::string& group) {
  std::vector<const ComparedRun*> result;
  for (const auto& run : comparison.runs)
    if (run.group == group) result.push_back(&run);
  return result;
}

std::vector<const Predictions*> predictions_of(const Comparison& comparison, const std::string& group) {
  std::vector<const Predictions*> result;
  for (const ComparedRun* run : members(comparison, group)) result.push_back(&run->predictions);
  return result;
}

ComparisonRow row_of(const Comparison& comparison, const std::string& group) {
  ComparisonRow row;
  row.group = group;
  const auto runs = members(comparison, group);
  const auto summary = [&](double ClassificationMetrics::*member) {
    std::vector<double> values;
    for (const ComparedRun* run : runs) values.push_back(run->metrics.*member);
    return summarize(std::move(values));
  };
  for (const ComparedRun* run : runs) row.runs.push_back(run->name);
  row.accuracy = summary(&ClassificationMetrics::accuracy);
  row.balanced_accuracy = summary(&ClassificationMetrics::balanced_accuracy);
  row.macro_f1 = summary(&ClassificationMetrics::macro_f1);
  row.ece = summary(&ClassificationMetrics::ece);
  return row;
}

void add_notes(Comparison& comparison) {
  std::int64_t fewest = comparison.runs.front().metrics.n, most = fewest;
  for (const auto& run : comparison.runs) {
    fewest = std::min(fewest, run.metrics.n);
    most = std::max(most, run.metrics.n);
  }
  if (fewest != most)
    comparison.notes.push_back(
        fmt::format("The runs saw {} to {} images; differences use the images that all runs of two rows have in common.",
                    with_commas(fewest), with_commas(most)));
  std::vector<std::string> failed;
  for (const auto& run : comparison.runs)
    if (run.failed > 0) failed.push_back(fmt::format("{} {}", run.name, with_commas(run.failed)));
  if (!failed.empty())
    comparison.notes.push_back(fmt::format("Images that could not be processed and are not counted: {}.", join(failed, ", ")));
  for (const auto& row : comparison.rows)
    if (row.to_first && row.to_first->n < fewest)
      comparison.notes.push_back(fmt::format("{}: only {} images in common with {}.", row.group, with_commas(row.to_first->n),
                                             comparison.rows.front().group));
  if (std::any_of(comparison.rows.begin(), comparison.rows.end(), [](const auto& row) { return row.runs.size() == 1; }))
    comparison.notes.push_back("Rows of one run say nothing about the spread between random seeds.");
  if (comparison.rows.size() > 1)
    comparison.notes.push_back("Intervals are 95 %, from resampling the images; they do not cover the choice of seeds.");
}

}  // namespace

Summary summarize(std::vector<double> values) {
  if (values.empty()) throw Error(ErrorCode::bad_data, "no values to summarize");
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  Summary summary;
  for (const double value : values) summary.mean += value / static_cast<double>(n);
  double squares = 0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.sd = n > 1 ? std::sqrt(squares / static_cast<double>(n - 1)) : 0;
  summary.min = values.front();
  summary.max = values.back();
  summary.median = (values[(n - 1) / 2] + values[n / 2]) / 2;
  return summary;
}

std::string name_stem(const std::string& name, const std::vector<std::string>& all_names) {
  static const std::regex marked("^(.+)[-_.](seed|fold|run|rep|s)[-_=]?[0-9]+$"), numbered("^(.+)-[0-9]+$");
  std::smatch match;
  if (std::regex_match(name, match, marked)) return match[1];
  if (std::regex_match(name, match, numbered)) {
    const std::string base = match[1];
    if (std::find(all_names.begin(), all_names.end(), base) != all_names.end()) return base;
    // "pal-seed1-2" is a repetition of "pal-seed1".
    std::smatch inner;
    if (std::regex_match(base, inner, marked)) return inner[1];
  }
  return name;
}

Comparison compare_runs(const std::vector<std::filesystem::path>& folders, const ComparisonOptions& options) {
  if (folders.empty()) throw Error(ErrorCode::usage, "no run folders to compare");
  Comparison comparison;
  const auto names = short_names(folders);
  check_groups(names, options.groups);
  for (std::size_t i = 0; i < folders.size(); ++i) {
    comparison.runs.push_back(read_run(folders[i]));
    comparison.runs.back().name = names[i];
    comparison.runs.back().group = group_of(names[i], names, options.groups);
  }
  check_classes(comparison.runs);
  std::vector<std::string> groups;
  for (const auto& run : comparison.runs)
    if (std::find(groups.begin(), groups.end(), run.group) == groups.end()) groups.push_back(run.group);
  for (const auto& group : groups) {
    comparison.rows.push_back(row_of(comparison, group));
    if (group != groups.front())
      comparison.rows.back().to_first = paired_difference(predictions_of(comparison, groups.front()),
                                                          predictions_of(comparison, group), options.resamples, options.seed);
  }
  add_notes(comparison);
  return comparison;
}

}  // namespace mien
