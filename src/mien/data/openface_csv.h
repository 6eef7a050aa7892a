// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/data/landmark_table.h"

namespace mien {

/// OpenFace's head pose as it writes it: millimetres and radians in camera coordinates (x right, y down, z away), rotation
/// = Rx Ry Rz.
struct OpenFacePose {
  cv::Vec3d translation_mm, rotation_rad;
};

/// One face of one frame.
struct OpenFaceRow {
  int line = 0;            ///< in the file
  std::string image;       ///< of a joined file with a column image, file or filename; else ""
  std::int64_t frame = 0;  ///< 1-based; 0 in image mode
  int face = 0;            ///< face_id of videos, face of images
  double timestamp_s = 0;
  double confidence = 0;            ///< 0..1
  bool success = true;              ///< false: OpenFace lost the face, the other values mean nothing
  std::vector<cv::Point2f> points;  ///< 68 pixels, or empty when the file has no 2D landmarks
  std::optional<OpenFacePose> pose;
  std::vector<float>
      intensities;  ///< [18] 0..5 in the order of action_unit_names(), NaN where there is no column; empty = none at all
  std::vector<float> presences;  ///< [18] 0 or 1, likewise
};

/// Reads a CSV file of OpenFace: of 2.x with and without blanks after the commas, of older versions without face_id, of its image
/// mode (`face, confidence, ...`). Columns are found by name; those that are missing stay empty. Throws Error{not_found} or
/// Error{bad_file} that names file and line.
std::vector<OpenFaceRow> read_openface_csv(const std::filesystem::path& file);

/// What becomes of OpenFace's two kinds of columns: `presence` takes the 18 flags AUxx_c; `intensity` the 17 values AUxx_r and
/// the flag of AU28, which has no intensity.
enum class ActionUnitValues { presence, intensity };

/// Puts action units into Record.annotations.action_units. `path` is a folder with one CSV file an image, as OpenFace's image
/// mode writes them (the record's id or the name of its file, with .csv for the extension, in the same subfolder or directly in
/// `path`), or one joined file with a column image, file or filename that holds ids or file names. Of several faces of an image
/// the surest counts; one that was lost counts as no face. Throws Error{bad_data} when nothing fits, when two records are meant
/// by one name, or when a file lacks the columns.
AttachReport attach_action_units(Dataset& dataset, const std::filesystem::path& path,
                                 ActionUnitValues values = ActionUnitValues::intensity);

}  // namespace mien
