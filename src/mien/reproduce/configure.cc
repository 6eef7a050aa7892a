// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/configure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mien/base/error.h"
#include "mien/base/flag_names.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/methods/catalogue.h"
#include "mien/reproduce/catalogue.h"
#include "mien/reproduce/requested_setting.h"

namespace mien {
namespace {

/// What the command has flags for or fills itself, and what to do instead.
const std::map<std::string, std::string> filled_elsewhere{{"data.spec", "Use --data."},
                                                          {"data.landmark_table", "Use --landmark-table."},
                                                          {"training.seed", "Use --seeds."},
                                                          {"training.project", "Use --output."},
                                                          {"ldl.ldl_teacher", "Rows name the row that trains their teacher."},
                                                          {"training.name", "Runs are named after their rows."}};

/// A folder of runs may have moved.
std::string compared_text(const OptionField& field) {
  const std::string text = value_text(field);
  return field.full_name() == "ldl.ldl_teacher" ? std::filesystem::path(text).filename().string() : text;
}

/// A configuration with the table that describes it.
struct Described {
  Described() { describe(config, table); }
  Described(const Described&) = delete;
  Described& operator=(const Described&) = delete;

  /// By "section.name" or by the flag's name, with dashes or underscores.
  const OptionField& field(const std::string& option, const std::string& origin) const {
    std::string dashed = option;
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    const auto names = flag_names(table.fields());
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == dashed || table.fields()[i].full_name() == option) return table.fields()[i];
    throw Error(ErrorCode::usage, fmt::format("{}: unknown option '{}'", origin, option), suggestion(dashed, names));
  }
  void set(const Setting& setting, const std::string& origin) {
    const OptionField& found = field(setting.option, origin);
    table.set(found.section, found.name, setting.value, fmt::format("{}: {}", origin, setting.option));
  }
  void set(const Settings& settings, const std::string& origin) {
    for (const auto& setting : settings) set(setting, origin);
  }

  TrainConfig config;
  OptionTable table;
};

std::set<std::string> full_names(const Settings& settings, const Described& described, const std::string& origin) {
  std::set<std::string> names;
  for (const auto& setting : settings) names.insert(described.field(setting.option, origin).full_name());
  return names;
}

/// The options that every row of a study sets, so that a value for all of them would have no effect.
std::set<std::string> options_of_all_rows(const Study& study, const Described& described) {
  std::set<std::string> common = full_names(study.rows.front().settings, described, study.name);
  for (const auto& row : study.rows) {
    const auto names = full_names(row.settings, described, study.name);
    std::erase_if(common, [&](const std::string& name) { return !names.count(name); });
  }
  return common;
}

/// What the user wants of a row: settings for every row first, so that one for the row alone wins.
std::vector<RequestedSetting> requested_of(const ReproduceRequest& request, const StudyRow& row) {
  std::vector<RequestedSetting> result;
  for (const auto& text : request.set)
    if (auto requested = parse_requested_setting(text); requested.is_for(row)) result.push_back(std::move(requested));
  std::stable_partition(result.begin(), result.end(), [](const RequestedSetting& one) { return one.rows.empty(); });
  return result;
}

void apply_request(const Study& study, const StudyRow& row, const ReproduceRequest& request, Described& described) {
  const auto of_rows = options_of_all_rows(study, described);
  const auto of_row = full_names(row.settings, described, study.name);
  for (const auto& text : request.set) check_rows(parse_requested_setting(text), study);
  for (const auto& [text, rows, setting] : requested_of(request, row)) {
    const std::string name = described.field(setting.option, "--set").full_name();
    if (const auto found = filled_elsewhere.find(name); found != filled_elsewhere.end())
      throw Error(ErrorCode::usage, fmt::format("--set {}: the command fills {} itself", text, name), found->second);
    if (of_rows.count(name))
      throw Error(ErrorCode::usage, fmt::format("--set {}: every row of {} sets {} itself", text, study.name, name));
    if (!rows.empty() && of_row.count(name))
      throw Error(ErrorCode::usage, fmt::format("--set {}: the row {} sets {} itself", text, row.key, name));
    described.set(setting, "--set");
  }
}

void check_required(const StudyScale& scale, const StudyRow& row, const ReproduceRequest& request, const Described& described) {
  const auto requested = requested_of(request, row);
  for (const auto& [option, why] : scale.required) {
    const std::string name = described.field(option, scale.name).full_name();
    const bool given = std::any_of(requested.begin(), requested.end(), [&](const RequestedSetting& one) {
      return described.field(one.setting.option, "--set").full_name() == name;
    });
    if (!given)
      throw Error(ErrorCode::usage, fmt::format("--scale {} needs the option {}: {}", scale.name, option, why),
                  fmt::format("Give it with --set {}=...", option));
  }
}

/// The split that is scored must not select the epoch.
void keep_test_apart(TrainConfig& config, const DataFacts& facts) {
  std::string& source = config.validation.source;
  if (facts.test_split != "valid") return;
  if (source == "auto") source = "holdout";
  if (source == "split" || source == "test_part")
    throw Error(ErrorCode::usage,
                fmt::format("{}: there is no test split, so the valid split is scored and cannot validate (validation = {})",
                            config.data.spec, source),
                "Validate with --set validation=holdout.");
}

std::string flag_text(const OptionField& field, const std::string& flag) {
  const std::string value = value_text(field);
  if (std::holds_alternative<bool*>(field.target)) return value == "true" ? "--" + flag : "--no-" + flag;
  return fmt::format("--{} {}", flag, shell_word(value));
}

}  // namespace

TrainConfig configure(const Study& study, const StudyRow& row, std::int64_t seed, const ReproduceRequest& request,
                      const DataFacts& facts) {
  const StudyScale& scale = scale_named(study, request.scale);
  Described described;
  described.set(study.base, study.name);
  described.set(scale.settings, fmt::format("{}, scale {}", study.name, scale.name));
  if (const auto found = scale.by_row.find(row.key); found != scale.by_row.end())
    described.set(found->second, fmt::format("{}, scale {}, row {}", study.name, scale.name, row.key));
  if (const auto found = study.by_data.find(facts.format); found != study.by_data.end())
    described.set(found->second, fmt::format("{}, data {}", study.name, facts.format));
  apply_request(study, row, request, described);
  described.set(row.settings, fmt::format("{}, row {}", study.name, row.key));
  check_required(scale, row, request, described);
  described.table.check(study.name);

  TrainConfig config = described.config;
  config.data.spec = request.data;
  config.data.landmark_table = request.landmark_table;
  if (const StudyRow* teacher = teacher_of(study, row)) config.method.ldl.teacher = run_folder(request, *teacher, seed).string();
  keep_test_apart(config, facts);
  config.seed = seed;
  const auto folder = run_folder(request, row, seed);
  config.project = folder.parent_path().string();
  config.name = folder.filename().string();
  return config;
}

std::string validation_text(const ValidationOptions& o, const DataFacts& facts) {
  if (o.source == "test_part") return fmt::format("{:.3g} % of the test split, drawn by seed; the rest is scored", 100 * o.share);
  if (o.source == "folds")
    return fmt::format("one of {} folds of the training split{}", o.folds, o.fold < 0 ? ", another one every epoch" : "");
  if (o.source == "split" || (o.source == "auto" && facts.has_valid_split)) return "the valid split";
  return fmt::format("{:.3g} % of the training split, drawn by seed", 100 * o.share);
}

std::filesystem::path run_folder(const ReproduceRequest& request, const StudyRow& row, std::int64_t seed) {
  return request.output / "runs" / fmt::format("{}-s{}", row.key, seed);
}

const StudyRow* teacher_of(const Study& study, const StudyRow& row) {
  if (row.teacher_row.empty()) return nullptr;
  for (const auto& other : study.rows)
    if (other.key == row.teacher_row) return &other;
  throw Error(ErrorCode::usage, fmt::format("{}: row {} has the teacher '{}', which is no row", study.name, row.key, row.teacher_row));
}

std::string train_command(const TrainConfig& config) {
  Described defaults, described;
  described.config = config;
  const auto& fields = described.table.fields();
  const auto names = flag_names(fields);
  std::string command = "mien train";
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (value_text(fields[i]) != value_text(defaults.table.fields()[i])) command += " " + flag_text(fields[i], names[i]);
  return command;
}

std::vector<std::string> differences(const TrainConfig& found, const TrainConfig& expected) {
  Described a, b;
  a.config = found;
  b.config = expected;
  std::vector<std::string> result;
  for (std::size_t i = 0; i < a.table.fields().size(); ++i) {
    const OptionField& field = a.table.fields()[i];
    const std::string is = compared_text(field), wanted = compared_text(b.table.fields()[i]);
    const bool read = is_read_by(field, found.method.method) || is_read_by(field, expected.method.method);
    if (is != wanted && read && field.decides_result)
      result.push_back(
          fmt::format("{} is {}, not {}", field.full_name(), is.empty() ? "empty" : is, wanted.empty() ? "empty" : wanted));
  }
  return result;
}

std::map<std::string, std::string> settings_that_matter(const ReproduceRequest& request) {
  Described described;
  std::map<std::string, std::string> result;
  for (const auto& text : request.set) {
    const auto requested = parse_requested_setting(text);
    described.set(requested.setting, "--set");
    const OptionField& field = described.field(requested.setting.option, "--set");
    const std::string rows = requested.rows.empty() ? "" : requested.rows + ":";
    if (field.decides_result) result[rows + field.full_name()] = value_text(field);
  }
  return result;
}

}  // namespace mien
