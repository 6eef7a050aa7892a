// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/class_folders.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/class_names.h"
#include "mien/image/image_format.h"
#include "mien/image/picture.h"

namespace mien {
namespace {

/// A hidden file, or one below a hidden folder.
bool is_hidden(const fs::path& below) {
  return std::any_of(below.begin(), below.end(), [](const fs::path& part) { return part.native().front() == '.'; });
}

/// A folder's files before those of its sub-folders.
bool comes_before(const fs::path& a, const fs::path& b) {
  auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const bool a_is_file = std::next(x) == a.end(), b_is_file = std::next(y) == b.end();
  return a_is_file != b_is_file ? a_is_file : *x < *y;
}

/// What a class folder holds, by walk_files(): links are followed, and what is left out comes with its reason; hidden files do not count.
/// Pictures are told by their names first, then by their content.
WalkedFiles pictures_below(const fs::path& folder) {
  WalkedFiles found = find_pictures(folder);
  const auto hidden = [&](const std::string& file) { return is_hidden(fs::path(file).lexically_relative(folder)); };
  std::erase_if(found.files, hidden);
  std::erase_if(found.left_out, [&](const LeftOut& one) { return hidden(one.path); });
  std::sort(found.files.begin(), found.files.end(), [](const fs::path& a, const fs::path& b) { return comes_before(a, b); });
  return found;
}

bool is_readable(const fs::path& file) {
  try {
    return !read_picture(file).pixels.empty();
  } catch (const Error&) {
    return false;
  }
}

/// Looks until it finds one: most folders begin with one.
bool holds_an_image(const fs::path& folder) {
  const WalkedFiles found = pictures_below(folder);
  return std::any_of(found.files.begin(), found.files.end(), is_readable);
}

int class_of(const ClassFolder& folder, const LabelSpace& labels, bool by_number) {
  const int label = by_number ? labels.index_of_file_id(class_number(folder.name).value()) : labels.index_of(folder.name);
  if (label < 0)
    throw Error(ErrorCode::bad_data, fmt::format("{}: folder '{}' is no class of the label space '{}' ({})",
                                                 folder.folder.string(), folder.name, labels.name(), join(labels.names(), ", ")));
  return label;
}

}  // namespace

std::vector<ClassFolder> find_class_folders(const fs::path& root, ReadReport& report) {
  if (!fs::is_directory(root)) throw Error(ErrorCode::not_found, fmt::format("{}: there is no such folder", root.string()));
  std::vector<ClassFolder> with_split, plain;
  for (const auto& name : folder_names(root)) {
    const std::string split = split_name(name);
    if (split.empty()) {
      plain.push_back({root / name, "", name});
      continue;
    }
    for (const auto& class_name : folder_names(root / name)) with_split.push_back({root / name / class_name, split, class_name});
  }
  if (with_split.empty()) return plain;
  for (const auto& folder : plain)
    report.note(fmt::format("left out the folder {}: it stands beside train, valid and test", folder.name));
  return with_split;
}

std::vector<ClassFolder> folders_of_classes(const std::vector<ClassFolder>& folders, const fs::path& root, ReadReport& report) {
  std::vector<ClassFolder> kept;
  for (const auto& folder : folders) {
    const std::string place = folder.folder.lexically_relative(root).generic_string();
    if (means_missing(folder.name))
      report.problem(fmt::format("left out the folder {}: its name says that there is no label", place));
    else if (!holds_an_image(folder.folder))
      report.problem(fmt::format("left out the folder {}: it holds no readable image", place));
    else
      kept.push_back(folder);
  }
  return kept;
}

bool named_by_numbers(const std::vector<ClassFolder>& folders) {
  return !folders.empty() && std::all_of(folders.begin(), folders.end(),
                                         [](const ClassFolder& folder) { return class_number(folder.name).has_value(); });
}

void add_class_folders(Dataset& dataset, const fs::path& root, const std::vector<ClassFolder>& folders, bool by_number,
                       ReadReport& report) {
  SkippedRows skipped;
  for (const auto& folder : folders) {
    const int label = class_of(folder, dataset.labels, by_number);
    const WalkedFiles found = pictures_below(folder.folder);
    for (const auto& one : found.left_out) skipped.add(one.reason, fs::path(one.path).lexically_relative(root).generic_string());
    for (const auto& file : found.files) {
      Record record;
      record.id = fs::path(file).lexically_relative(root).generic_string();
      record.split = folder.split;
      record.source.file = file;
      record.annotations.label = label;
      dataset.records.push_back(std::move(record));
    }
  }
  skipped.tell(report, false);
}

}  // namespace mien
