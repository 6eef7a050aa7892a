// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/dataset.h"
#include "mien/data/landmark_table.h"
#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"

namespace mien {

struct FindLandmarksOptions {
  /// Where the detector finds nothing, the picture is taken for a tight crop of a face (status whole_image).
  bool whole_image_fallback = false;
  bool heat_maps = false;      ///< heat_maps/ID.png: landmark_heat_map of the picture's size, scaled to a peak of 255
  bool masks = false;          ///< masks/ID.png: face_mask, 255 = face
  bool parts = false;          ///< parts/PART/ID.png: the crops of face_parts
  double sigma = 3;            ///< of the heat maps, pixels of the picture
  std::string subset = "all";  ///< of the landmarks in the heat maps: landmark_subset()
  double enlarge = 0.25;       ///< of the parts
  bool resume = false;         ///< go on with an existing table
  /// What else the rows depend on, by name: the detector's settings, the files of models. Kept in settings.json and compared.
  std::map<std::string, std::string> sources;
  int threads = 0;             ///< 0 = all cores
};

struct FindLandmarksSummary {
  std::map<LandmarkStatus, std::int64_t> counts;  ///< of all rows of the data set, earlier ones included
  std::int64_t new_rows = 0;
  std::vector<LandmarkRow> failures;  ///< no_face and unreadable
};

/// Finds the face in every picture of a data set and writes `folder`/landmarks.csv (data/landmark_table.h), one row a record in
/// the order of the records, and the pictures that were asked for. Of several faces the largest is taken. Rows are written as
/// they come, so that a run that was cut off goes on with `resume`: in the end the table is the same to the byte.
/// `folder`/settings.json holds what the rows depend on; a resume with other settings throws Error{mismatch}. Detector and model
/// are cloned for each thread. Calls `progress.advance` between pictures, which may throw. Throws Error{usage} for two records
/// with one id, Error{io} (also when another process is at work in the folder).
FindLandmarksSummary find_landmarks(const Dataset& dataset, const FaceDetector& detector, const LandmarkModel& model,
                                    const std::filesystem::path& folder, const FindLandmarksOptions& options, Progress& progress);

/// The file below `folder` that belongs to a record's id: its subfolders are kept, ".." and absolute paths do not lead out of it.
std::filesystem::path picture_path(const std::filesystem::path& folder, const std::string& id);

}  // namespace mien
