// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/folder_of.h"
#include "mien/base/system_folders.h"
#include "mien/base/text.h"
#include "mien/base/text_encoding.h"

namespace mien {
namespace {

constexpr std::size_t places_named = 3;

template <typename Accept>
std::vector<std::string> entry_names(const fs::path& folder, Accept accept) {
  std::error_code failure;
  fs::directory_iterator entries(folder, failure);
  if (failure) throw Error(ErrorCode::io, fmt::format("{}: the folder cannot be listed: {}", folder.string(), failure.message()));
  std::vector<std::string> names;
  for (const auto& entry : entries) {
    std::string name = entry.path().filename().string();
    if (name.front() != '.' && accept(entry)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string counts_text(const std::vector<std::string>& names, const std::vector<std::int64_t>& counts) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size(); ++i) parts.push_back(fmt::format("{} {}", names[i], with_commas(counts[i])));
  return join(parts, ", ");
}

}  // namespace

std::vector<std::string> file_names(const fs::path& folder) {
  return entry_names(folder, [](const fs::directory_entry& entry) {
    std::error_code unknown;  // links in a circle are neither files nor folders
    return entry.is_regular_file(unknown);
  });
}

std::vector<std::string> folder_names(const fs::path& folder) {
  return entry_names(folder, [](const fs::directory_entry& entry) {
    std::error_code unknown;
    return entry.is_directory(unknown) && !is_system_folder(entry.path().filename().string());
  });
}

bool FolderListing::contains(const fs::path& file) {
  const fs::path folder = folder_of(file);
  auto listed = names_.find(folder.string());
  if (listed == names_.end()) {
    std::unordered_set<std::string> names;
    if (fs::is_directory(folder))
      for (auto& name : file_names(folder)) names.insert(std::move(name));
    listed = names_.emplace(folder.string(), std::move(names)).first;
  }
  return listed->second.count(file.filename().string()) > 0;
}

fs::path find_root(const fs::path& root, const std::vector<std::string>& candidates, const std::vector<std::string>& wanted,
                   const std::string& layout) {
  for (const auto& candidate : candidates) {
    const fs::path place = candidate.empty() ? root : root / candidate;
    for (const auto& name : wanted)
      if (fs::exists(place / name)) return place;
  }
  std::vector<std::string> looked_for;
  for (const auto& candidate : candidates)
    for (const auto& name : wanted) looked_for.push_back((fs::path(candidate) / name).string());
  throw Error(ErrorCode::not_found,
              fmt::format("{}: expected one of {} below it, found none", root.string(), join(looked_for, ", ")),
              "Expected layout: " + layout);
}

std::vector<TextLine> read_lines(const fs::path& file) {
  std::vector<TextLine> lines;
  int number = 0;
  for (const auto& line : split(plain_text(read_text(file), file.string()), '\n')) {
    ++number;
    std::string text = trim(line);
    if (!text.empty()) lines.push_back({number, std::move(text)});
  }
  return lines;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

std::string place(const fs::path& file, int line) { return fmt::format("{}:{}", file.string(), line); }

std::vector<cv::Point2f> read_points(const fs::path& file) {
  std::vector<cv::Point2f> points;
  for (const auto& line : read_lines(file)) {
    const std::string where = place(file, line.number);
    const auto numbers = words(line.text);
    if (numbers.size() != 2)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected two coordinates, found '{}'", where, line.text));
    points.emplace_back(static_cast<float>(parse_real(numbers[0], where)), static_cast<float>(parse_real(numbers[1], where)));
  }
  return points;
}

std::string split_name(const std::string& word) {
  static const std::map<std::string, std::string> names = {
      {"train", "train"},      {"training", "train"},   {"train_set", "train"}, {"valid", "valid"}, {"val", "valid"},
      {"validation", "valid"}, {"val_set", "valid"},    {"dev", "valid"},       {"test", "test"},   {"testing", "test"},
      {"test_set", "test"},    {"publictest", "valid"}, {"privatetest", "test"}};
  const auto found = names.find(to_lower(trim(word)));
  return found == names.end() ? "" : found->second;
}

void SkippedRows::add(const std::string& reason, const std::string& where) {
  Places& places = reasons_[reason];
  ++places.count;
  if (places.first.size() < places_named) places.first.push_back(where);
}

std::int64_t SkippedRows::count(const std::string& reason) const {
  const auto found = reasons_.find(reason);
  return found == reasons_.end() ? 0 : found->second.count;
}

void SkippedRows::tell(ReadReport& report, bool problem) const {
  for (const auto& [reason, places] : reasons_) {
    const char* more = static_cast<std::size_t>(places.count) > places.first.size() ? ", ..." : "";
    report.lines.push_back(
        {problem, fmt::format("left out {}: {} ({}{})", with_commas(places.count), reason, join(places.first, ", "), more)});
  }
}

std::vector<std::int64_t> class_counts(const Dataset& dataset, const std::string& split) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(dataset.labels.size()), 0);
  for (const auto& record : dataset.records)
    if ((split.empty() || record.split == split) && record.annotations.label >= 0)
      ++counts.at(static_cast<std::size_t>(record.annotations.label));
  return counts;
}

void tell_class_counts(ReadReport& report, const Dataset& dataset, const std::string& split,
                       const std::vector<std::int64_t>& published) {
  const auto counts = class_counts(dataset, split);
  std::int64_t images = 0;
  for (const auto& record : dataset.records) images += split.empty() || record.split == split;
  const std::string what = split.empty() ? "all" : split;
  if (images == 0) return report.note(what + ": no images");
  const std::string found =
      fmt::format("{}: {} images ({})", what, with_commas(images), counts_text(dataset.labels.names(), counts));
  if (published.empty()) return report.note(found);
  if (published == counts) return report.note(found + ", as published");
  report.problem(fmt::format("{}; published: {}", found, counts_text(dataset.labels.names(), published)));
}

void tell_count(ReadReport& report, const std::string& what, std::int64_t found, std::int64_t published) {
  if (found == published)
    report.note(fmt::format("{}: {}, as published", what, with_commas(found)));
  else
    report.problem(fmt::format("{}: {}, published: {}", what, with_commas(found), with_commas(published)));
}

void require_records(const Dataset& dataset, const fs::path& root, const std::string& layout) {
  if (dataset.records.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{}: no usable {} image was found", root.string(), dataset.name),
                "Expected layout: " + layout);
}

Dataset new_file_dataset(const std::string& name, LabelSpace labels) {
  return {name, std::move(labels), {}, file_sample_source()};
}

}  // namespace mien
