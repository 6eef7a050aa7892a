// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "mien/data/catalogue.h"

namespace mien {

namespace fs = std::filesystem;

/// What the readers share: listings, places, counts.

/// Names of the entries of a folder, sorted, hidden ones (".DS_Store") left out. Throws Error{io}.
std::vector<std::string> file_names(const fs::path& folder);
std::vector<std::string> folder_names(const fs::path& folder);

/// Answers whether files exist from one listing per folder instead of one system call per file.
class FolderListing {
 public:
  bool contains(const fs::path& file);

 private:
  std::unordered_map<std::string, std::unordered_set<std::string>> names_;
};

/// The first of `root / candidate` that holds `wanted`. Throws Error{not_found} that lists what was looked for; `layout`
/// becomes the hint.
fs::path find_root(const fs::path& root, const std::vector<std::string>& candidates, const std::vector<std::string>& wanted,
                   const std::string& layout);

/// Lines of a text file with their 1-based numbers, trimmed, empty ones left out.
struct TextLine {
  int number = 0;
  std::string text;
};
std::vector<TextLine> read_lines(const fs::path& file);
/// Blank-separated words.
std::vector<std::string> words(const std::string& text);
/// "file:line", for messages.
std::string place(const fs::path& file, int line);
/// A file of lines "x y". Throws Error{bad_data} with file and line.
std::vector<cv::Point2f> read_points(const fs::path& file);

/// "Training", "val", "validation", ... -> "train", "valid", "test"; "" for other words.
std::string split_name(const std::string& word);

/// Rows that a reader leaves out, by reason, with the first places.
class SkippedRows {
 public:
  void add(const std::string& reason, const std::string& where);
  std::int64_t count(const std::string& reason) const;
  /// One line per reason. `problem`: something is wrong with the files; else a rule of the data set.
  void tell(ReadReport& report, bool problem) const;

 private:
  struct Places {
    std::int64_t count = 0;
    std::vector<std::string> first;
  };
  std::map<std::string, Places> reasons_;
};

/// Labelled records of a split ("" = all records) by class index.
std::vector<std::int64_t> class_counts(const Dataset& dataset, const std::string& split);
/// One line: images found in total and by class, against published counts when these are given (a problem when they differ).
void tell_class_counts(ReadReport& report, const Dataset& dataset, const std::string& split,
                       const std::vector<std::int64_t>& published = {});
/// One line: "train: 28,558 rows (as published)" or a problem with both numbers.
void tell_count(ReadReport& report, const std::string& what, std::int64_t found, std::int64_t published);

/// Throws Error{bad_data} when nothing usable was found.
void require_records(const Dataset& dataset, const fs::path& root, const std::string& layout);

/// An empty data set whose images come from files.
Dataset new_file_dataset(const std::string& name, LabelSpace labels);

}  // namespace mien
