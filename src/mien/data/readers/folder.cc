// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/class_names.h"
#include "mien/data/readers/class_folders.h"
#include "mien/data/readers/readers.h"

namespace mien {

const char* const folder_layout =
    "[train|valid|val|test/]CLASS/*.{jpg,png,webp,bmp,tif,gif,heic,avif}; numbers as class names need a label "
    "space; folders without a readable image, of file systems (@eaDir, __MACOSX) or named nan are no classes";

namespace {

LabelSpace space_of_numbers(const fs::path& root, const DatasetOptions& options) {
  if (options.labels.empty())
    throw Error(
        ErrorCode::usage,
        fmt::format("{}: the class folders are numbers, which mean different classes in different data sets", root.string()),
        "Name the label space whose numbers these are with --labels: " + join(known_label_space_names(), ", ") + ".");
  return known_label_space(options.labels);
}

LabelSpace space_of_names(const std::vector<ClassFolder>& folders) {
  std::set<std::string> names;
  for (const auto& folder : folders) {
    if (class_number(folder.name) || is_other_number(folder.name))
      throw Error(ErrorCode::bad_data, fmt::format("{}: a number among class folders with names", folder.folder.string()),
                  "Name all class folders by words, or all by the numbers of a known label space.");
    names.insert(canonical_expression(folder.name));
  }
  return make_label_space({names.begin(), names.end()});
}

}  // namespace

Dataset read_folder(const fs::path& root, const DatasetOptions& options, ReadReport& report) {
  const auto found = find_class_folders(root, report);
  if (found.empty())
    throw Error(ErrorCode::not_found, fmt::format("{}: expected a folder per class, found no folder", root.string()),
                std::string("Expected layout: ") + folder_layout);
  const auto folders = folders_of_classes(found, root, report);
  const bool by_number = named_by_numbers(folders);
  Dataset dataset = new_file_dataset("folder", by_number ? space_of_numbers(root, options) : space_of_names(folders));
  add_class_folders(dataset, root, folders, by_number, report);
  require_records(dataset, root, folder_layout);
  std::set<std::string> splits;
  for (const auto& folder : folders) splits.insert(folder.split);
  for (const auto& split : splits) tell_class_counts(report, dataset, split);
  return dataset;
}

}  // namespace mien
