// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/data/dataset.h"

namespace mien {

/// What to read and how. Fields that a format does not know are ignored by it; `describe` says which use which.
struct DatasetOptions {
  std::string spec;                     ///< "FORMAT:PATH", e.g. "ferplus:/data/ferplus"; "procedural:COUNT" needs no path
  std::string votes = "majority";       ///< FER+: majority | probability | crossentropy | multi_target | majority_votes | argmax
  std::string vote_file = "label.csv";  ///< FER+: label.csv | fer2013new.csv
  std::int64_t classes = 8;             ///< AffectNet: 7 | 8
  std::int64_t last_frames = 3;         ///< CK+, Oulu-CASIA: frames taken from a sequence's end
  bool first_as_neutral = true;         ///< CK+, Oulu-CASIA: the first frame as a neutral sample
  bool drop_leaks = false;              ///< leave out exact duplicates across splits (and within, but for one copy)
  std::string labels;                   ///< map into this label space by name ("" = the format's own)
  std::int64_t seed = 0;                ///< procedural faces
  std::string landmark_table;           ///< CSV table of 68 points by id (data/landmark_table.h); "" = the format's own
  std::string action_units;             ///< OpenFace's CSV files (data/openface_csv.h); "" = the format's own
  std::string action_unit_values = "intensity";  ///< of those: intensity | presence
};
void describe(DatasetOptions& options, OptionTable& table);

/// What a reader noticed: counts against the published ones, missing folds, rows it had to skip.
struct ReadReport {
  struct Line {
    bool problem = false;
    std::string text;
  };
  std::vector<Line> lines;
  void note(std::string text) { lines.push_back({false, std::move(text)}); }
  void problem(std::string text) { lines.push_back({true, std::move(text)}); }
  int problems() const;
};

/// Opens a data set by format name. Unknown formats throw Error{usage} with the nearest name; a root without the expected
/// layout throws Error{not_found} that says which file was looked for.
Dataset open_dataset(const DatasetOptions& options, ReadReport* report = nullptr);

struct FormatInfo {
  std::string name, summary, layout;
  std::string alignment = "none";  ///< how its faces lie in the pictures: a template of face_geometry/alignment.h
};
/// All formats, for help texts.
const std::vector<FormatInfo>& dataset_formats();
/// The format in front of the ':' of "FORMAT:PATH". Throws Error{usage} with the nearest name.
const FormatInfo& format_of_spec(const std::string& spec);

}  // namespace mien
