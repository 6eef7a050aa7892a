// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mien/data/dataset.h"

namespace mien {

/// How a picture's landmarks were found.
enum class LandmarkStatus {
  found,        ///< "found": in a box of the detector
  whole_image,  ///< "whole_image": the detector found nothing, the picture was taken for a tight crop
  no_face,      ///< "no_face": no landmarks
  unreadable,   ///< "unreadable": the picture could not be decoded; no landmarks
};
const std::string& landmark_status_name(LandmarkStatus status);

/// One picture's face. All positions are pixels of the file before the record's crop.
struct LandmarkRow {
  std::string id;  ///< Record.id
  LandmarkStatus status = LandmarkStatus::no_face;
  std::string reason;                                                         ///< why a picture is unreadable
  cv::Rect2f box;                                                             ///< of the detector
  double score = 0;                                                           ///< of the detector, in its scale
  std::vector<cv::Point2f> points;                                            ///< 68, or empty
  double yaw_deg = 0, pitch_deg = 0, roll_deg = 0;                            ///< as in face_geometry/head_pose.h
  double size_px = 0, sharpness = 0, exposure = 0, frontal = 0, quality = 0;  ///< as in face_geometry/quality.h

  bool has_face() const { return !points.empty(); }
};

/// The columns: id, status, reason, box_x, box_y, box_w, box_h, score, x_0..x_67, y_0..y_67, yaw_deg, pitch_deg, roll_deg,
/// size_px, sharpness, exposure, frontal, quality.
const std::vector<std::string>& landmark_table_columns();
/// One CSV line; numbers are empty without a face.
std::string landmark_table_line(const LandmarkRow& row);

/// Reads a table written by LandmarkTableWriter, or any CSV file that has the columns id (or image), x_0..x_67 and y_0..y_67;
/// other columns may be missing. Throws Error{not_found}, or Error{bad_file} that names file and line (a row twice, a number that
/// is none).
std::vector<LandmarkRow> read_landmark_table(const std::filesystem::path& file);

/// A table that grows row by row and survives being cut off: `append` hands each row to the system before it returns.
class LandmarkTableWriter {
 public:
  /// Starts a new table. With `resume` and an existing file goes on behind its last complete row. Throws Error{usage} when the
  /// file exists and `resume` is false, Error{bad_file} when it is no such table, Error{io}.
  LandmarkTableWriter(const std::filesystem::path& file, bool resume);
  /// What the file held when it was opened, in its order.
  const std::vector<LandmarkRow>& earlier() const { return earlier_; }
  void append(const std::vector<LandmarkRow>& rows);

 private:
  std::filesystem::path file_;
  std::vector<LandmarkRow> earlier_;
  std::ofstream out_;
};

/// How many records received something.
struct AttachReport {
  std::int64_t attached = 0;
  std::int64_t without_face = 0;      ///< listed, but no face was found there
  std::int64_t missing = 0;           ///< not listed
  std::vector<std::string> examples;  ///< ids of the first few missing ones
};

/// Puts the rows' points into Record.annotations.landmarks by id; records without a face or a row keep what they have. Throws
/// Error{bad_data} with examples when not a single id is known: the table belongs to other pictures.
AttachReport attach_landmarks(Dataset& dataset, const std::vector<LandmarkRow>& rows);

/// "19,870 of 20,000 images have landmarks, 120 show no face, 10 are not listed (first: a.jpg)".
std::string attach_summary(const AttachReport& report, const std::string& what);

}  // namespace mien
