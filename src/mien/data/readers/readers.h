// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/data/catalogue.h"

namespace mien {

/// One function per format. Each takes the root as the data set's owners ship it, accepts a root that holds only some of the
/// folds, and writes what it noticed into the report. All throw Error{not_found} for a root without the layout,
/// Error{bad_file} or Error{bad_data} with file and line for files that contradict it.

/// Layouts in one line each, for help texts and hints.
extern const char* const ferplus_layout;
extern const char* const fer2013_layout;
extern const char* const rafdb_layout;
extern const char* const rafdb_compound_layout;
extern const char* const affectnet_layout;
extern const char* const ckplus_layout;
extern const char* const ck48_layout;
extern const char* const oulu_casia_layout;
extern const char* const folder_layout;
extern const char* const csv_list_layout;
extern const char* const procedural_layout;

/// FER+ (Barsoum et al. 2016). Training fold: target of the vote mode; other folds: majority, or argmax when that is asked
/// for, as in the authors' code. A `duplicates.csv` (group,folder,image,drop) beside the folds fills Record::group.
Dataset read_ferplus(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);
/// True when `drop_leaks` is answered by the `duplicates.csv` of this root, without looking at pixels.
bool ferplus_lists_duplicates(const std::filesystem::path& root);

/// FER2013 (Goodfellow et al. 2013): fer2013.csv with 48x48 pixels in the table; the path may name the file or its folder.
Dataset read_fer2013(const std::filesystem::path& path, const DatasetOptions& options, ReadReport& report);

/// RAF-DB (Li et al. 2017): aligned faces where present, else original images cut by the owners' box.
Dataset read_rafdb(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);
Dataset read_rafdb_compound(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);

/// AffectNet (Mollahosseini et al. 2017), first release (training.csv, validation.csv), release of 2021 (.npy annotations) or
/// class folders; 7 or 8 classes.
Dataset read_affectnet(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);

/// CK+ (Lucey et al. 2010): last frames of the labelled sequences, first frame as neutral; identity and sequence are kept.
Dataset read_ckplus(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);
/// CK+ cut to 48x48 in class folders; identity and sequence are taken from the file names.
Dataset read_ck48(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);

/// Oulu-CASIA (Zhao et al. 2011): visible light, strong illumination, unless the path names another condition.
Dataset read_oulu_casia(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);

/// A folder per class, with or without a level of splits above.
Dataset read_folder(const std::filesystem::path& root, const DatasetOptions& options, ReadReport& report);

/// A table of images and labels.
Dataset read_csv_list(const std::filesystem::path& path, const DatasetOptions& options, ReadReport& report);

/// `count` drawn faces; splits train/valid/test are 80/10/10 % of the people.
Dataset procedural_dataset(std::int64_t count, const DatasetOptions& options, ReadReport& report);

}  // namespace mien
