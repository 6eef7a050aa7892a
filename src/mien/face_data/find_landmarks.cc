// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_data/find_landmarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/output_folder.h"
#include "mien/base/parallel.h"
#include "mien/base/text.h"
#include "mien/face_data/landmark_pictures.h"
#include "mien/face_geometry/head_pose.h"
#include "mien/face_geometry/quality.h"

namespace mien {

namespace {

/// Where the box around the 68 points lies in a tight crop, in shares of its sides: medians over the 3479 FER+ training pictures
/// of alignment template "fer".
const cv::Rect2f kTightFace(0.096f, 0.237f, 0.818f, 0.763f);

/// Detectors and models for as many threads as happen to work at once.
class Finders {
 public:
  Finders(const FaceDetector& detector, const LandmarkModel& model) : detector_(detector), model_(model) {}

  struct Pair {
    std::unique_ptr<FaceDetector> detector;
    std::unique_ptr<LandmarkModel> model;
  };

  Pair borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {detector_.clone(), model_.clone()};
    Pair pair = std::move(idle_.back());
    idle_.pop_back();
    return pair;
  }
  void give_back(Pair pair) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(pair));
  }

 private:
  const FaceDetector& detector_;
  const LandmarkModel& model_;
  std::mutex mutex_;
  std::vector<Pair> idle_;
};

const Detection* largest(const std::vector<Detection>& faces) {
  const auto found = std::max_element(faces.begin(), faces.end(),
                                      [](const Detection& a, const Detection& b) { return a.box.area() < b.box.area(); });
  return found == faces.end() ? nullptr : &*found;
}

void locate(const cv::Mat& image, Finders::Pair& finders, bool whole_image_fallback, LandmarkRow& row) {
  const std::vector<Detection> faces = finders.detector->detect(image);
  const Detection* face = largest(faces);
  if (face == nullptr && !whole_image_fallback) return;
  Detection tight;
  const auto w = static_cast<float>(image.cols), h = static_cast<float>(image.rows);
  tight.box = {kTightFace.x * w, kTightFace.y * h, kTightFace.width * w, kTightFace.height * h};
  row.status = face != nullptr ? LandmarkStatus::found : LandmarkStatus::whole_image;
  row.points = face != nullptr ? finders.model->find(image, *face, finders.detector->name()).points
                               : finders.model->find(image, tight, "reference").points;
  row.box = face != nullptr ? face->box : cv::Rect2f(0, 0, w, h);
  row.score = face != nullptr ? static_cast<double>(face->score) : 0;
}

void measure(const cv::Mat& image, LandmarkRow& row) {
  try {
    const HeadPose pose = estimate_head_pose(row.points, image.size());
    row.yaw_deg = pose.yaw_deg, row.pitch_deg = pose.pitch_deg, row.roll_deg = pose.roll_deg;
    const FaceQuality quality = measure_quality(image, row.points, pose);
    row.size_px = quality.size_px, row.sharpness = quality.sharpness, row.exposure = quality.exposure;
    row.frontal = quality.frontal, row.quality = quality.overall;
  } catch (const Error& error) {
    // Points on one line or spot: no face stands there.
    if (error.code() != ErrorCode::bad_data) throw;
    const std::string id = row.id;
    row = {};
    row.id = id;
  }
}

/// The picture's face; positions still in pixels of the sample.
LandmarkRow row_of(const Record& record, const cv::Mat& image, Finders& finders, const FindLandmarksOptions& options) {
  LandmarkRow row;
  row.id = record.id;
  Finders::Pair pair = finders.borrow();
  locate(image, pair, options.whole_image_fallback, row);
  finders.give_back(std::move(pair));
  if (row.has_face()) measure(image, row);
  return row;
}

/// One line: the table shows one row a line to whoever looks at it.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

/// What is thrown while a picture is read and looked at is that picture's failure; what writing throws is not.
LandmarkRow process(const Dataset& dataset, std::int64_t index, Finders& finders, const fs::path& folder,
                    const FindLandmarksOptions& options) {
  const Record& record = dataset.records[static_cast<std::size_t>(index)];
  cv::Mat image;
  LandmarkRow row;
  const auto problem = attempt_one_of_run(record.id, [&] {
    image = dataset.load(index).image;
    row = row_of(record, image, finders, options);
  });
  if (problem) {
    row = {};
    row.id = record.id, row.status = LandmarkStatus::unreadable, row.reason = one_line(problem->what());
  }
  if (!row.has_face()) return row;
  write_landmark_pictures(image, row, folder, options);
  if (!record.source.crop.empty()) {
    const cv::Point2f corner(static_cast<float>(std::max(0, record.source.crop.x)),
                             static_cast<float>(std::max(0, record.source.crop.y)));
    for (auto& point : row.points) point += corner;
    row.box += corner;
  }
  return row;
}

nlohmann::ordered_json settings_of(const Dataset& dataset, const FaceDetector& detector, const LandmarkModel& model,
                                   const FindLandmarksOptions& o) {
  nlohmann::ordered_json settings{{"data", dataset.name},      {"detector", detector.name()},
                                  {"landmarks", model.name()}, {"whole_image_fallback", o.whole_image_fallback},
                                  {"heat_maps", o.heat_maps},  {"masks", o.masks},
                                  {"parts", o.parts},          {"sigma", o.sigma},
                                  {"subset", o.subset},        {"enlarge", o.enlarge}};
  for (const auto& [name, value] : o.sources) settings[name] = value;
  return settings;
}

/// Rows of different detectors in one table would look alike.
void keep_settings(const fs::path& file, const nlohmann::ordered_json& settings, bool table_exists) {
  if (table_exists && fs::exists(file)) {
    const auto earlier = parse_ordered_json(read_text(file), file.string());
    if (!earlier.is_object()) throw Error(ErrorCode::bad_file, file.string() + ": expected the settings of an earlier run");
    for (const auto& [key, value] : settings.items())
      if (!earlier.contains(key) || earlier.at(key) != value)
        throw Error(ErrorCode::mismatch,
                    fmt::format("{}: the run to go on with had {} = {}, now it is {}", file.string(), key,
                                earlier.contains(key) ? json_text(earlier.at(key)) : "nothing", json_text(value)),
                    "Give the same flags, or name another folder.");
    return;
  }
  write_atomically(file, json_text(settings, 2) + "\n");
}

/// The records that have no row yet. Throws when two share an id.
std::vector<std::int64_t> open_records(const Dataset& dataset, const std::vector<LandmarkRow>& earlier) {
  std::unordered_set<std::string> done, seen;
  for (const auto& row : earlier) done.insert(row.id);
  std::vector<std::int64_t> open;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const std::string& id = dataset.records[static_cast<std::size_t>(i)].id;
    if (!seen.insert(id).second) throw Error(ErrorCode::usage, fmt::format("{}: two records have the id '{}'", dataset.name, id));
    if (done.count(id) == 0) open.push_back(i);
  }
  return open;
}

/// Rows of a chunk of pictures; what ends the work at one of them waits until the rows before it are safe.
struct Chunk {
  std::vector<LandmarkRow> rows;  ///< up to the first failure
  std::exception_ptr failure;
};

Chunk process_chunk(std::int64_t count, int threads, const std::function<LandmarkRow(std::int64_t)>& work) {
  Chunk chunk;
  chunk.rows.resize(static_cast<std::size_t>(count));
  std::vector<std::exception_ptr> failures(chunk.rows.size());
  parallel_for(count, threads, [&](std::int64_t i) {
    const auto k = static_cast<std::size_t>(i);
    try {
      chunk.rows[k] = work(i);
    } catch (...) {
      failures[k] = std::current_exception();
    }
  });
  const auto first = std::find_if(failures.begin(), failures.end(), [](const auto& failure) { return failure != nullptr; });
  if (first == failures.end()) return chunk;
  chunk.failure = *first;
  chunk.rows.resize(static_cast<std::size_t>(first - failures.begin()));
  return chunk;
}

void count(const LandmarkRow& row, FindLandmarksSummary& summary) {
  ++summary.counts[row.status];
  if (!row.has_face()) summary.failures.push_back(row);
}

}  // namespace

FindLandmarksSummary find_landmarks(const Dataset& dataset, const FaceDetector& detector, const LandmarkModel& model,
                                    const fs::path& folder, const FindLandmarksOptions& options, Progress& progress) {
  landmark_subset(options.subset);  // refuses a wrong name before any work
  const OutputFolder output(folder, options.heat_maps || options.masks || options.parts ? 9 : 0, &progress);
  const fs::path table = folder / "landmarks.csv";
  const bool exists = fs::exists(table);
  if (!exists || options.resume) keep_settings(folder / "settings.json", settings_of(dataset, detector, model, options), exists);
  LandmarkTableWriter writer(table, options.resume);

  FindLandmarksSummary summary;
  std::unordered_set<std::string> wanted;
  for (const auto& record : dataset.records) wanted.insert(record.id);
  for (const auto& row : writer.earlier())
    if (wanted.count(row.id) > 0) count(row, summary);
  const std::vector<std::int64_t> open = open_records(dataset, writer.earlier());
  if (!writer.earlier().empty())
    progress.info(fmt::format("{} rows are there already, {} to go", with_commas(std::ssize(writer.earlier())),
                              with_commas(std::ssize(open))));

  Finders finders(detector, model);
  const int threads = options.threads > 0 ? options.threads : available_cores();
  const std::int64_t chunk = 8 * threads, total = std::ssize(open);
  progress.begin("landmarks", total);
  for (std::int64_t first = 0; first < total; first += chunk) {
    const Chunk done = process_chunk(std::min(chunk, total - first), threads, [&](std::int64_t i) {
      return process(dataset, open[static_cast<std::size_t>(first + i)], finders, folder, options);
    });
    writer.append(done.rows);
    if (done.failure) std::rethrow_exception(done.failure);
    for (const auto& row : done.rows) count(row, summary);
    summary.new_rows += std::ssize(done.rows);
    progress.advance(summary.new_rows, fmt::format("{} without a face", with_commas(std::ssize(summary.failures))));
  }
  progress.end(fmt::format("{} rows in {}", with_commas(dataset.size()), table.string()));
  return summary;
}

}  // namespace mien
