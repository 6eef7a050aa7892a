// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/face/detector.h"

namespace mien {

/// A picture and what a detector should find in it.
struct ExpectedFaces {
  std::filesystem::path image;
  int count = 0;                  ///< faces
  std::vector<cv::Rect2f> boxes;  ///< of the faces, or empty: then any detections count, as many as there are faces
};

/// What lies at `path`:
/// - a CSV file with the columns image, x, y and w, h (or width, height): a line a face, images in the CSV's folder or in images/
/// below it;
/// - a CSV file with image and x_0.. y_0..: a line a face with landmarks, its box is the box of these;
/// - a folder with landmarks.csv: that file; any other folder: the pictures below it (find_pictures()), each with `faces_an_image` faces, by name;
/// - an image, with `faces_an_image` faces.
/// Throws Error{not_found}, Error{bad_file}, Error{bad_data}.
std::vector<ExpectedFaces> read_expected_faces(const std::filesystem::path& path, int faces_an_image = 1);

/// At most `limit` items, spread evenly over the list; 0 = all.
std::vector<ExpectedFaces> spread_sample(std::vector<ExpectedFaces> all, std::size_t limit);

struct DetectorScore {
  std::int64_t images = 0, faces = 0;
  std::int64_t found = 0;  ///< faces with a detection of their own
  std::int64_t extra = 0;  ///< detections without a face: false ones, doubled ones, and faces that the list leaves out
  double median_ms = 0;    ///< of `detect`, without reading the file
  double mean_cpu_ms = 0;  ///< processor time of the calling thread: what it takes where the machine does other things, too
  double rate() const { return faces > 0 ? static_cast<double>(found) / static_cast<double>(faces) : 0; }
};

/// Detects in every picture, on the calling thread. A detection takes the free face that its box overlaps most (intersection over
/// union), the surest detection first, when that is at least `overlap`. `each` is told what was found.
DetectorScore score_detector(FaceDetector& detector, const std::vector<ExpectedFaces>& pictures, double overlap,
                             Progress& progress,
                             const std::function<void(const ExpectedFaces&, const std::vector<Detection>&)>& each = {});

/// How many of `faces` have a detection of their own, by the rule above.
int match_detections(const std::vector<Detection>& detections, const std::vector<cv::Rect2f>& faces, double overlap);

}  // namespace mien
