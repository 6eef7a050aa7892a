// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/data/readers/fer2013_table.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"

namespace mien {

const char* const fer2013_layout = "fer2013.csv (or icml_face_data.csv) with the columns emotion,pixels,Usage";

namespace {

fs::path table_of(const fs::path& path) {
  if (fs::is_regular_file(path)) return path;
  const fs::path folder = find_root(path, {"", "fer2013"}, {"fer2013.csv", "icml_face_data.csv"}, fer2013_layout);
  return fs::exists(folder / "fer2013.csv") ? folder / "fer2013.csv" : folder / "icml_face_data.csv";
}

}  // namespace

Dataset read_fer2013(const fs::path& path, const DatasetOptions&, ReadReport& report) {
  const fs::path file = table_of(path);
  Dataset dataset = new_file_dataset("fer2013", known_label_space("fer2013"));
  int row_number = 0;
  for (auto& row : read_fer2013_table(file)) {
    Record record;
    record.id = fmt::format("row-{:05d}", row_number++);
    record.split = split_name(row.usage);
    if (record.split.empty())
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: expected Training, PublicTest or PrivateTest, found '{}'", row.where, row.usage));
    record.annotations.label = dataset.labels.index_of_file_id(row.emotion);
    if (record.annotations.label < 0)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected an emotion in 0..6, found {}", row.where, row.emotion));
    record.source.gray = std::move(row.pixels);
    record.source.gray_width = fer2013_side_px;
    dataset.records.push_back(std::move(record));
  }
  tell_class_counts(report, dataset, "train", {3995, 436, 4097, 7215, 4830, 3171, 4965});
  tell_class_counts(report, dataset, "valid", {467, 56, 496, 895, 653, 415, 607});
  tell_class_counts(report, dataset, "test", {491, 55, 528, 879, 594, 416, 626});
  return dataset;
}

}  // namespace mien
