// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "mien/base/csv.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/text_table.h"

namespace mien::cli {

namespace {

struct Counts {
  std::vector<std::string> splits;                                ///< train, valid, test first, then others
  std::vector<std::string> classes;                               ///< in class order; "unlabelled" last, when there are such
  std::map<std::pair<std::string, std::string>, int> of;          ///< (class, split)
  std::vector<std::pair<std::string, std::int64_t>> annotations;  ///< how many records have what
  int at(const std::string& cls, const std::string& split) const {
    const auto found = of.find({cls, split});
    return found == of.end() ? 0 : found->second;
  }
};

std::string split_name(const Record& record) { return record.split.empty() ? "(none)" : record.split; }

std::vector<std::string> ordered_splits(const std::set<std::string>& present) {
  std::vector<std::string> out;
  for (const char* known : {"train", "valid", "test"})
    if (present.count(known)) out.emplace_back(known);
  for (const auto& other : present)
    if (std::find(out.begin(), out.end(), other) == out.end()) out.push_back(other);
  return out;
}

std::vector<std::pair<std::string, std::int64_t>> count_annotations(const Dataset& dataset) {
  std::int64_t distributions = 0, landmarks = 0, valence_arousal = 0, action_units = 0;
  std::set<std::string> identities;
  for (const auto& record : dataset.records) {
    const Annotations& a = record.annotations;
    distributions += !a.distribution.empty();
    landmarks += !a.landmarks.empty();
    valence_arousal += a.valence_arousal.has_value();
    action_units += !a.action_units.empty();
    if (!a.identity.empty()) identities.insert(a.identity);
  }
  return {{"distribution", distributions},
          {"landmarks", landmarks},
          {"valence_arousal", valence_arousal},
          {"action_units", action_units},
          {"identities", static_cast<std::int64_t>(identities.size())}};
}

Counts count(const Dataset& dataset) {
  Counts counts;
  counts.classes = dataset.labels.names();
  std::set<std::string> splits;
  for (const auto& record : dataset.records) {
    splits.insert(split_name(record));
    ++counts.of[{class_name(dataset, record), split_name(record)}];
  }
  counts.splits = ordered_splits(splits);
  for (const auto& split : counts.splits)
    if (counts.at("unlabelled", split) > 0 && counts.classes.back() != "unlabelled") counts.classes.emplace_back("unlabelled");
  counts.annotations = count_annotations(dataset);
  return counts;
}

/// class, one column a split, all; the last row sums.
std::vector<std::vector<std::string>> table_rows(const Counts& counts, const std::function<std::string(long long)>& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<long long> sums(counts.splits.size() + 1);
  for (const auto& cls : counts.classes) {
    std::vector<std::string> row{cls};
    long long all = 0;
    for (std::size_t s = 0; s < counts.splits.size(); ++s) {
      const int n = counts.at(cls, counts.splits[s]);
      row.push_back(text(n));
      sums[s] += n;
      all += n;
    }
    row.push_back(text(all));
    sums.back() += all;
    rows.push_back(std::move(row));
  }
  rows.push_back({"all"});
  for (const auto sum : sums) rows.back().push_back(text(sum));
  return rows;
}

std::vector<std::string> table_header(const Counts& counts) {
  std::vector<std::string> header{"class"};
  header.insert(header.end(), counts.splits.begin(), counts.splits.end());
  header.push_back("all");
  return header;
}

std::string as_text(const Dataset& dataset, const Counts& counts) {
  std::string out =
      fmt::format("{}: {} images, labels '{}'\n\n", dataset.name, with_commas(dataset.size()), dataset.labels.name());
  out += text_table(table_header(counts), table_rows(counts, with_commas));
  std::vector<std::string> facts;
  for (const auto& [name, n] : counts.annotations)
    if (n > 0)
      facts.push_back(name == "identities" ? with_commas(n) + " identities" : fmt::format("{} with {}", with_commas(n), name));
  if (!facts.empty()) out += "\n" + join(facts, ", ") + "\n";
  return out;
}

std::string as_csv(const Counts& counts) {
  std::string out = csv_line(table_header(counts));
  for (const auto& row : table_rows(counts, [](long long n) { return std::to_string(n); })) out += csv_line(row);
  return out;
}

std::string as_json(const Dataset& dataset, const Counts& counts) {
  nlohmann::ordered_json classes, splits = nlohmann::ordered_json::object(), annotations;
  for (const auto& cls : counts.classes)
    for (const auto& split : counts.splits) {
      classes[cls][split] = counts.at(cls, split);
      splits[split] = splits.value(split, 0) + counts.at(cls, split);
    }
  for (const auto& [name, n] : counts.annotations) annotations[name] = n;
  const nlohmann::ordered_json out{{"name", dataset.name},     {"label_space", dataset.labels.name()},
                                   {"images", dataset.size()}, {"splits", splits},
                                   {"classes", classes},       {"annotations", annotations}};
  return json_text(out, 2);
}

}  // namespace

void add_data_stats_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand("stats", "Count the images of each class and split");
  const auto flags = std::make_shared<DatasetFlags>(*command);
  command->callback([&session, flags] {
    session.action = [&session, flags] {
      const Dataset dataset = flags->open();
      const Counts counts = count(dataset);
      print_result(session.json() ? as_json(dataset, counts) : session.csv() ? as_csv(counts) : as_text(dataset, counts));
      return 0;
    };
  });
}

}  // namespace mien::cli
