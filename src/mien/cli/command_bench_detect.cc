// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <opencv2/core.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/result_table.h"
#include "mien/face/detector_score.h"

namespace mien::cli {
namespace {

struct DetectArguments {
  std::vector<std::string> detectors{"dlib"}, data;
  DetectorOptions options;
  double overlap = 0.3;
  int faces = 1;
  std::size_t limit = 0;
  std::string boxes;
};

/// "dlib", "cascade", or a model file: .onnx for the runtime, .xml for a cascade.
DetectorOptions options_of(const std::string& detector, DetectorOptions options) {
  const auto extension = to_lower(fs::path(detector).extension().string());
  options.kind = extension == ".onnx" ? "onnx" : extension == ".xml" ? "cascade" : detector;
  if (options.kind != detector) options.model = detector;
  return options;
}

std::vector<std::string> cells(const std::string& data, const std::string& detector, const DetectorScore& s) {
  return {data,
          detector,
          std::to_string(s.images),
          std::to_string(s.faces),
          std::to_string(s.found),
          fmt::format("{:.4f}", s.rate()),
          std::to_string(s.extra),
          fmt::format("{:.2f}", s.median_ms),
          fmt::format("{:.2f}", s.mean_cpu_ms)};
}

int run_bench_detect(Session& session, const DetectArguments& a) {
  const auto progress = make_progress(session, true);
  cv::setNumThreads(1);  // times are those of one thread
  std::string boxes = csv_line({"image", "x", "y", "width", "height", "score", "detector"});
  std::vector<std::vector<std::string>> table;
  for (const auto& data : a.data) {
    const auto pictures = spread_sample(read_expected_faces(data, a.faces), a.limit);
    for (const auto& name : a.detectors) {
      const auto detector = make_face_detector(options_of(name, a.options));
      const auto keep = [&](const ExpectedFaces& picture, const std::vector<Detection>& found) {
        for (const auto& d : found)
          boxes += csv_line({picture.image.string(), fmt::format("{:.2f}", d.box.x), fmt::format("{:.2f}", d.box.y),
                             fmt::format("{:.2f}", d.box.width), fmt::format("{:.2f}", d.box.height),
                             fmt::format("{:.4f}", d.score), detector->name()});
      };
      const auto score = score_detector(*detector, pictures, a.overlap, *progress, keep);
      table.push_back(cells(data, detector->name(), score));
    }
  }
  if (!a.boxes.empty()) write_atomically(a.boxes, boxes);
  print_table(session, {"data", "detector", "images", "faces", "found", "rate", "extra", "median_ms", "mean_cpu_ms"}, table);
  return 0;
}

}  // namespace

void add_bench_detect(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("detect", "Score and time face detectors on pictures with known faces, on one thread");
  auto a = std::make_shared<DetectArguments>();
  DetectorOptions& o = a->options;
  command->add_option("data", a->data, "CSV files with boxes or landmarks, folders of images, images")->required();
  command->add_option("--detector", a->detectors, "dlib, cascade, or a model file (.onnx, .xml)")
      ->delimiter(',')
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command
      ->add_option("--min-face", o.min_face_px,
                   "Smallest face worth finding, pixels; 0 = a sixteenth of the longer side, at least 40")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  command->add_option("--threshold", o.threshold, "Smallest score; below 0: the detector's own default")->capture_default_str();
  command->add_option("--border", o.border, "Share of the longer side added around images in which nothing was found")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command->add_option("--max-side", o.max_side_px, "Shrink images to this longer side, pixels; 0 = never")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--tile", o.tile_px, "Look at overlapping tiles of this side, too, pixels; 0 = do not")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--overlap", a->overlap, "Intersection over union from which a detection is of a face")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--faces", a->faces, "Faces in every image that comes without boxes")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  command->add_option("--limit", a->limit, "At most so many images of each data set, spread evenly; 0 = all")
      ->capture_default_str();
  command->add_option("--boxes", a->boxes, "Write all detections into this CSV file")->check(refuse_flag_as_value);
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_detect(session, *a); }; });
}

}  // namespace mien::cli
