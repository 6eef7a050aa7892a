// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/data/readers/reading.h"

namespace mien {

/// One folder of images of one class.
struct ClassFolder {
  fs::path folder;
  std::string split;  ///< "" = no level of splits
  std::string name;   ///< as on disk: "Happy", "4"
};

/// Class folders directly below the root, or below train, valid|val, test folders where there are any; then the report says which
/// folders beside those are left out.
std::vector<ClassFolder> find_class_folders(const fs::path& root, ReadReport& report);
/// Without the folders that are no classes: those that hold no readable image, and those named as scripts name a missing label
/// ("nan"). The report says which.
std::vector<ClassFolder> folders_of_classes(const std::vector<ClassFolder>& folders, const fs::path& root, ReadReport& report);
/// True when every folder is named by a number.
bool named_by_numbers(const std::vector<ClassFolder>& folders);

/// Appends the images of the folders, sub-folders and links included (find_pictures()), sorted by path; ids are paths below the root. Folders are taken by
/// file id when `by_number`, else by name; one that the label space lacks throws Error{bad_data}. Files that are no images
/// are counted in the report.
void add_class_folders(Dataset& dataset, const fs::path& root, const std::vector<ClassFolder>& folders, bool by_number,
                       ReadReport& report);

}  // namespace mien
