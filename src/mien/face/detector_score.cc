// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/detector_score.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/face/candidates.h"
#include "mien/image/image_format.h"
#include "mien/image/picture.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

fs::path image_of(const CsvTable& table, std::size_t row, const std::string& name) {
  const fs::path folder = fs::path(table.file).parent_path();
  for (const auto& file : {folder / name, folder / "images" / name})
    if (fs::is_regular_file(file)) return file;
  throw Error(ErrorCode::not_found, table.where(row) + ": no image " + name + " in " + folder.string() + " or its folder images");
}

float number(const CsvTable& table, std::size_t row, int column) {
  return static_cast<float>(parse_real(table.rows[row][static_cast<std::size_t>(column)], table.where(row)));
}

/// The column's position under one of two names.
int either(const CsvTable& table, const std::string& name, const std::string& other) {
  const int column = table.column(name, false);
  return column >= 0 ? column : table.column(other);
}

cv::Rect2f listed_box(const CsvTable& table, std::size_t row) {
  const auto value = [&](int column) { return number(table, row, column); };
  return {value(table.column("x")), value(table.column("y")), value(either(table, "w", "width")),
          value(either(table, "h", "height"))};
}

cv::Rect2f landmark_box(const CsvTable& table, std::size_t row) {
  Points points;
  for (int k = 0;; ++k) {
    const int x = table.column("x_" + std::to_string(k), false), y = table.column("y_" + std::to_string(k), false);
    if (x < 0 || y < 0) return bounding_box(points);
    points.emplace_back(number(table, row, x), number(table, row, y));
  }
}

std::vector<ExpectedFaces> read_list(const fs::path& file) {
  const auto table = read_csv(file, true);
  const auto image = static_cast<std::size_t>(table.column("image"));
  const bool landmarks = table.column("x_0", false) >= 0;
  std::vector<ExpectedFaces> pictures;
  std::map<fs::path, std::size_t> at;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto [place, is_new] = at.try_emplace(image_of(table, row, table.rows[row][image]), pictures.size());
    if (is_new) pictures.push_back({place->first, 0, {}});
    auto& picture = pictures[place->second];
    picture.boxes.push_back(landmarks ? landmark_box(table, row) : listed_box(table, row));
    ++picture.count;
  }
  return pictures;
}

std::vector<ExpectedFaces> read_folder(const fs::path& folder, int faces_an_image) {
  std::vector<ExpectedFaces> pictures;
  const WalkedFiles found = find_pictures(folder);
  for (const auto& file : found.files) pictures.push_back({file, faces_an_image, {}});
  if (pictures.empty()) throw Error(ErrorCode::not_found, folder.string() + ": no images and no landmarks.csv");
  return pictures;
}

double thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

}  // namespace

std::vector<ExpectedFaces> read_expected_faces(const fs::path& path, int faces_an_image) {
  if (fs::is_directory(path)) {
    const auto list = path / "landmarks.csv";
    return fs::is_regular_file(list) ? read_list(list) : read_folder(path, faces_an_image);
  }
  if (fs::is_regular_file(path) && to_lower(path.extension().string()) != ".csv" && why_no_picture(path).empty()) return {{path, faces_an_image, {}}};
  return read_list(path);
}

std::vector<ExpectedFaces> spread_sample(std::vector<ExpectedFaces> all, std::size_t limit) {
  if (limit == 0 || all.size() <= limit) return all;
  std::vector<ExpectedFaces> chosen;
  for (std::size_t i = 0; i < limit; ++i) chosen.push_back(std::move(all[i * all.size() / limit]));
  return chosen;
}

int match_detections(const std::vector<Detection>& detections, const std::vector<cv::Rect2f>& faces, double overlap) {
  auto order = detections;
  sort_detections(order);
  std::vector<bool> taken(faces.size());
  int found = 0;
  for (const auto& d : order) {
    std::size_t best = faces.size();
    double best_overlap = overlap;
    for (std::size_t i = 0; i < faces.size(); ++i) {
      const double o = taken[i] ? -1 : box_overlap(d.box, faces[i]);
      if (o >= best_overlap && (best == faces.size() || o > best_overlap)) {
        best = i;
        best_overlap = o;
      }
    }
    if (best == faces.size()) continue;
    taken[best] = true;
    ++found;
  }
  return found;
}

DetectorScore score_detector(FaceDetector& detector, const std::vector<ExpectedFaces>& pictures, double overlap,
                             Progress& progress,
                             const std::function<void(const ExpectedFaces&, const std::vector<Detection>&)>& each) {
  using Clock = std::chrono::steady_clock;
  DetectorScore score;
  std::vector<double> times;
  progress.begin(detector.name(), static_cast<std::int64_t>(pictures.size()));
  for (const auto& picture : pictures) {
    const Picture read = read_picture(picture.image);
    const cv::Mat& image = read.pixels;
    const double cpu_start = thread_cpu_ms();
    const auto start = Clock::now();
    auto detections = detector.detect(image);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    score.mean_cpu_ms += (thread_cpu_ms() - cpu_start) / static_cast<double>(pictures.size());
    for (auto& detection : detections) detection.box = read.to_file(detection.box);
    const int count = static_cast<int>(detections.size());
    const int found =
        picture.boxes.empty() ? std::min(count, picture.count) : match_detections(detections, picture.boxes, overlap);
    ++score.images;
    score.faces += picture.count;
    score.found += found;
    score.extra += count - found;
    if (each) each(picture, detections);
    progress.advance(score.images, "");
  }
  if (!times.empty()) {
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    score.median_ms = times[times.size() / 2];
  }
  progress.end(std::to_string(score.found) + " of " + std::to_string(score.faces) + " faces");
  return score;
}

}  // namespace mien
