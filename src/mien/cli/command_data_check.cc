// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/data/leaks.h"

namespace mien::cli {

namespace {

constexpr std::size_t shown = 10;  ///< examples of each kind in the text; JSON has them all

struct CheckResult {
  std::string name;
  std::int64_t images = 0;
  ReadReport read;
  std::optional<LeakReport> leaks;  ///< with --leaks
};

int problems(const CheckResult& result) {
  int n = result.read.problems();
  if (result.leaks) {
    n += !result.leaks->unreadable.empty();
    n += result.leaks->images_across_splits > 0;
    n += !result.leaks->shared_identities.empty();
  }
  return n;
}

std::int64_t surplus_copies(const LeakReport& leaks) {
  std::int64_t n = 0;
  for (const auto& group : leaks.duplicates) n += static_cast<std::int64_t>(group.indices.size()) - 1;
  return n;
}

std::string examples(const std::vector<std::string>& lines) {
  std::string out;
  for (std::size_t i = 0; i < std::min(shown, lines.size()); ++i) out += "           " + lines[i] + '\n';
  if (lines.size() > shown)
    out += fmt::format("           and {} more\n", with_commas(static_cast<long long>(lines.size() - shown)));
  return out;
}

std::string mark(bool problem) { return problem ? "  PROBLEM  " : "  ok       "; }

std::vector<std::string> identity_lines(const LeakReport& leaks) {
  std::vector<std::string> lines;
  for (const auto& [identity, splits] : leaks.shared_identities)
    lines.push_back(fmt::format("{}: {}", identity, join(splits, ", ")));
  return lines;
}

std::vector<std::string> duplicate_lines(const Dataset& dataset, const LeakReport& leaks) {
  std::vector<std::string> lines;
  for (const auto& group : leaks.duplicates) {
    if (!group.across_splits) continue;
    std::vector<std::string> ids;
    for (const auto index : group.indices) ids.push_back(dataset.records.at(static_cast<std::size_t>(index)).id);
    lines.push_back(join(ids, " = "));
  }
  return lines;
}

std::string leaks_text(const Dataset& dataset, const LeakReport& leaks) {
  const auto size = [](const auto& list) { return with_commas(static_cast<long long>(list.size())); };
  std::string out = mark(!leaks.unreadable.empty()) + "unreadable images: " + size(leaks.unreadable) + '\n';
  out += examples(leaks.unreadable);
  out += fmt::format("  {:<9}copies of other images: {}, in {} groups\n", leaks.duplicates.empty() ? "ok" : "note",
                     with_commas(surplus_copies(leaks)), size(leaks.duplicates));
  out += mark(leaks.images_across_splits > 0);
  out += fmt::format("images outside train with a copy in train: {}\n", with_commas(leaks.images_across_splits));
  out += examples(duplicate_lines(dataset, leaks));
  out += mark(!leaks.shared_identities.empty()) + "people in more than one split: " + size(leaks.shared_identities) + '\n';
  return out + examples(identity_lines(leaks));
}

std::string as_text(const Dataset& dataset, const CheckResult& result) {
  std::string out = fmt::format("{}: {} images\n\n", result.name, with_commas(result.images));
  for (const auto& line : result.read.lines) out += mark(line.problem) + line.text + '\n';
  if (result.leaks) out += leaks_text(dataset, *result.leaks);
  const int n = problems(result);
  return out + (n == 0 ? "\nNo problem found.\n" : fmt::format("\n{} problem{} found.\n", n, n == 1 ? "" : "s"));
}

nlohmann::ordered_json leaks_json(const Dataset& dataset, const LeakReport& leaks) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::array(), identities = nlohmann::ordered_json::object();
  for (const auto& group : leaks.duplicates) {
    nlohmann::ordered_json ids = nlohmann::ordered_json::array();
    for (const auto index : group.indices) ids.push_back(dataset.records.at(static_cast<std::size_t>(index)).id);
    groups.push_back({{"ids", ids}, {"same_bytes", group.same_bytes}, {"across_splits", group.across_splits}});
  }
  for (const auto& [identity, splits] : leaks.shared_identities) identities[identity] = splits;
  return {{"unreadable", leaks.unreadable},
          {"images_across_splits", leaks.images_across_splits},
          {"shared_identities", identities},
          {"duplicates", groups}};
}

std::string as_json(const Dataset& dataset, const CheckResult& result) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& line : result.read.lines) lines.push_back({{"problem", line.problem}, {"text", line.text}});
  nlohmann::ordered_json out{{"name", result.name}, {"images", result.images}, {"problems", problems(result)}, {"report", lines}};
  if (result.leaks) out["leaks"] = leaks_json(dataset, *result.leaks);
  return json_text(out, 2);
}

int check(Session& session, DatasetFlags& flags, bool scan, int threads) {
  require_format(session, {"text", "json"}, "mien data check");
  CheckResult result;
  const Dataset dataset = flags.open(&result.read);
  result.name = dataset.name;
  result.images = dataset.size();
  if (scan) result.leaks = find_leaks(dataset, threads, *make_progress(session, true));
  print_result(session.json() ? as_json(dataset, result) : as_text(dataset, result));
  const std::string& spec = flags.options().spec;
  if (!scan)
    suggest_next(fmt::format("mien data check {} --leaks    (reads every image)", shell_word(spec)));
  else if (result.leaks->duplicates.empty())
    suggest_next(fmt::format("mien data stats {}", shell_word(spec)));
  else
    suggest_next(fmt::format("mien data stats {} --drop-leaks", shell_word(spec)));
  return problems(result) == 0 ? 0 : 1;
}

}  // namespace

void add_data_check_command(CLI::App& data, Session& session) {
  struct Arguments {
    explicit Arguments(CLI::App& app) : dataset(app) {}
    DatasetFlags dataset;
    bool leaks = false;
    int threads = 0;
  };
  auto* command =
      data.add_subcommand("check", "Compare a data set with what its format expects; exit code 1 when something is wrong");
  const auto arguments = std::make_shared<Arguments>(*command);
  command->add_flag("--leaks", arguments->leaks, "Read every image: damaged files, identical images, people in several splits");
  command->add_option("--threads", arguments->threads, "Reading threads; 0 = all cores (default 0)")
      ->check(CLI::Range(0, 1024).description(""))
      ->type_name("INT");
  command->callback([&session, arguments] {
    session.action = [&session, arguments] { return check(session, arguments->dataset, arguments->leaks, arguments->threads); };
  });
}

}  // namespace mien::cli
