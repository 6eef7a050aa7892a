// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/data/readers/affectnet_releases.h"
#include "mien/data/readers/class_folders.h"
#include "mien/data/readers/readers.h"

namespace mien {

const char* const affectnet_layout =
    "training.csv|validation.csv + Manually_Annotated_Images/, or train_set|val_set/{images,annotations}/, or train|val/0..7/";

namespace {

/// Images by id 0..7 as the owners' lists give them.
const std::vector<std::int64_t> published_train = {74874, 134415, 25459, 14090, 6378, 3803, 24882, 3750};

/// The release of 2021 has the same lists in another form; a copy with 3,999 validation images circulates.
void tell_published(ReadReport& report, const Dataset& dataset) {
  const auto classes = static_cast<std::size_t>(dataset.labels.size());
  tell_class_counts(report, dataset, "train",
                    {published_train.begin(), published_train.begin() + static_cast<std::ptrdiff_t>(classes)});
  tell_class_counts(report, dataset, "valid", std::vector<std::int64_t>(classes, 500));
}

bool has_any(const fs::path& root, const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (fs::exists(root / name)) return true;
  return false;
}

/// Class folders 0..7; those of classes that the label space lacks are left out.
void add_numbered_folders(Dataset& dataset, const fs::path& root, ReadReport& report) {
  std::vector<ClassFolder> kept;
  for (const auto& folder : find_class_folders(root, report)) {
    const bool known = named_by_numbers({folder}) && dataset.labels.index_of_file_id(std::stoi(folder.name)) >= 0;
    if (known)
      kept.push_back(folder);
    else
      report.note(fmt::format("left out folder {}: no class of {}", folder.folder.lexically_relative(root).string(),
                              dataset.labels.name()));
  }
  add_class_folders(dataset, root, kept, true, report);
}

}  // namespace

Dataset read_affectnet(const fs::path& root, const DatasetOptions& options, ReadReport& report) {
  if (options.classes != 7 && options.classes != 8)
    throw Error(ErrorCode::usage, fmt::format("AffectNet has 7 or 8 classes, not {}", options.classes));
  const std::string space = options.classes == 7 ? "affectnet7" : "affectnet8";
  Dataset dataset = new_file_dataset("affectnet", known_label_space(space));
  if (has_any(root, {"train_set", "val_set"}))
    add_affectnet_2021(dataset, root, report);
  else if (has_any(root, {"train/0", "val/0", "valid/0"}))
    add_numbered_folders(dataset, root, report);
  else
    add_affectnet_csv(dataset, root, affectnet_layout, report);
  require_records(dataset, root, affectnet_layout);
  tell_published(report, dataset);
  return dataset;
}

}  // namespace mien
