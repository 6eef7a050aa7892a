// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/class_folders.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/class_names.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

void list_files_below(const fs::path& folder, std::vector<fs::path>& files) {
  for (const auto& name : file_names(folder)) files.push_back(folder / name);
  for (const auto& name : folder_names(folder)) list_files_below(folder / name, files);
}

bool is_readable(const fs::path& file) {
  try {
    return !read_image(file).empty();
  } catch (const Error&) {
    return false;
  }
}

/// Looks until it finds one: most folders begin with one.
bool holds_an_image(const fs::path& folder) {
  std::vector<fs::path> files;
  list_files_below(folder, files);
  return std::any_of(files.begin(), files.end(),
                     [](const fs::path& file) { return has_image_extension(file) && is_readable(file); });
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
    std::vector<fs::path> files;
    list_files_below(folder.folder, files);
    for (const auto& file : files) {
      const std::string id = file.lexically_relative(root).generic_string();
      if (!has_image_extension(file)) {
        skipped.add("no image by its name", id);
        continue;
      }
      Record record;
      record.id = id;
      record.split = folder.split;
      record.source.file = file.string();
      record.annotations.label = label;
      dataset.records.push_back(std::move(record));
    }
  }
  skipped.tell(report, false);
}

}  // namespace mien
