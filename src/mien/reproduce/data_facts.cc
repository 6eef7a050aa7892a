// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/data_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/catalogue.h"
#include "mien/reproduce/configure.h"

namespace mien {
namespace {

std::int64_t count(const Dataset& data, const auto& is) {
  return static_cast<std::int64_t>(std::count_if(data.records.begin(), data.records.end(), is));
}

/// The first of test and valid that has labels; "" = none.
std::string held_out_split(const Dataset& data) {
  for (const char* split : {"test", "valid"})
    if (count(data, [&](const Record& r) { return r.split == split && r.annotations.label >= 0; }) > 0) return split;
  return "";
}

std::string test_split_of(const Dataset& data, const std::string& spec) {
  if (auto split = held_out_split(data); !split.empty()) return split;
  throw Error(ErrorCode::bad_data, fmt::format("{}: no image of a test or valid split is labelled", spec),
              fmt::format("Look at the splits with 'mien data stats {}'.", spec));
}

/// Images with landmarks. Drawn faces have theirs only once they are drawn.
std::int64_t with_landmarks(const Dataset& data) {
  const auto listed = count(data, [](const Record& r) { return !r.annotations.landmarks.empty(); });
  return listed == 0 && !data.load(0).annotations.landmarks.empty() ? data.size() : listed;
}

void check_action_units(const Study& study, const ReproduceRequest& request, const Dataset& data) {
  if (count(data, [](const Record& r) { return !r.annotations.action_units.empty() || !r.annotations.landmarks.empty(); }) > 0) return;
  throw Error(ErrorCode::bad_data,
              fmt::format("{}: no image has Action Units, or landmarks to estimate them from, which {} needs", request.data, study.name),
              "Make a table with 'mien data landmarks' and give it with --landmark-table, or OpenFace's files with --set action_units=PATH.");
}

OtherTest look_at_other(const std::string& text) {
  OtherTest other = parse_other_test(text);
  DatasetOptions options;
  options.spec = other.spec;
  const Dataset data = open_dataset(options);
  if (count(data, [](const Record& r) { return r.annotations.label >= 0; }) == 0)
    throw Error(ErrorCode::bad_data, fmt::format("--also {}: no image is labelled", text));
  other.split = held_out_split(data);
  if (other.split.empty()) other.split = "all";
  return other;
}

std::vector<OtherTest> look_at_others(const std::vector<std::string>& texts) {
  std::vector<OtherTest> others;
  for (const auto& text : texts) {
    others.push_back(look_at_other(text));
    for (std::size_t i = 0; i + 1 < others.size(); ++i)
      if (others[i].name == others.back().name)
        throw Error(ErrorCode::usage, fmt::format("--also: '{}' is given twice", others[i].name), "Each data set needs a name of its own.");
  }
  return others;
}

}  // namespace

OtherTest parse_other_test(const std::string& text) {
  const auto equals = text.find('=');
  const OtherTest other{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1), ""};
  const bool plain = !other.name.empty() && std::all_of(other.name.begin(), other.name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  }) && other.name.front() != '.';
  if (!plain || other.spec.empty())
    throw Error(ErrorCode::usage, fmt::format("--also {}: expected NAME=FORMAT:PATH, the name of letters, digits, '_', '-' and '.'", text),
                "For example --also mux=csv:data/mux");
  return other;
}

DataFacts look_at_data(const Study& study, const ReproduceRequest& request) {
  if (request.data.empty())
    throw Error(ErrorCode::usage, "no data set given", "Name one with --data FORMAT:PATH; 'mien data formats' lists them.");
  DatasetOptions options;
  options.spec = request.data;
  options.landmark_table = request.landmark_table;
  const auto set = settings_that_matter(request);
  if (const auto units = set.find("data.action_units"); units != set.end()) options.action_units = units->second;
  const Dataset data = open_dataset(options);
  DataFacts facts;
  facts.format = request.data.substr(0, request.data.find(':'));
  facts.test_split = test_split_of(data, request.data);
  facts.has_valid_split = facts.test_split != "valid" && count(data, [](const Record& r) { return r.split == "valid"; }) > 0;
  facts.summary = fmt::format("{} images", with_commas(data.size()));
  facts.others = look_at_others(request.also);
  if (study.needs_action_units) check_action_units(study, request, data);
  if (!study.needs_landmarks) return facts;
  const auto marked = with_landmarks(data);
  if (marked == 0)
    throw Error(ErrorCode::bad_data, fmt::format("{}: no image has landmarks, which {} needs", request.data, study.name),
                "Make a table with 'mien data landmarks' and give it with --landmark-table.");
  facts.summary +=
      fmt::format(", {:.1f} % with landmarks", 100.0 * static_cast<double>(marked) / static_cast<double>(data.size()));
  return facts;
}

}  // namespace mien
