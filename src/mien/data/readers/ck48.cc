// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "mien/base/error.h"
#include "mien/data/readers/class_folders.h"
#include "mien/data/readers/readers.h"

namespace mien {

const char* const ck48_layout = "[CK+48/]anger|contempt|disgust|fear|happy|sadness|surprise/S010_004_00000017.png";

Dataset read_ck48(const fs::path& root, const DatasetOptions&, ReadReport& report) {
  const fs::path base =
      find_root(root, {"", "CK+48"}, {"anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"}, ck48_layout);
  Dataset dataset = new_file_dataset("ck48", known_label_space("ckplus"));
  add_class_folders(dataset, base, find_class_folders(base, report), false, report);
  require_records(dataset, root, ck48_layout);
  static const std::regex form(R"((S\d{3})_(\d{3})_\d+.*)");
  for (auto& record : dataset.records) {
    const std::string name = fs::path(record.id).filename().string();
    std::smatch match;
    if (!std::regex_match(name, match, form))
      throw Error(
          ErrorCode::bad_data,
          fmt::format("{}: expected a name such as S010_004_00000017.png, which says whose face it is", record.source.file),
          "Use the format 'folder' for images without subjects.");
    record.annotations.identity = match[1];
    record.group = match[1].str() + "/" + match[2].str();
  }
  tell_class_counts(report, dataset, "", {0, 135, 54, 177, 75, 207, 84, 249});
  return dataset;
}

}  // namespace mien
