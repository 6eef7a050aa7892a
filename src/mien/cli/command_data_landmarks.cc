// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/locations.h"
#include "mien/face/landmark_choice.h"
#include "mien/face_data/find_landmarks.h"

namespace mien::cli {

namespace {

struct Arguments {
  explicit Arguments(CLI::App& app) : dataset(app) {}
  DatasetFlags dataset;
  std::string output, detector = "dlib", landmarks;
  DetectorOptions detection;
  FindLandmarksOptions options;
};

/// A model as what is kept of a run names it: wherever its file lies, the same content is the same model.
std::string model_identity(const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return file;
  const auto bytes = read_bytes(file);
  return fs::path(file).filename().string() + " " + content_hash(bytes.data(), bytes.size());
}

DetectorOptions detector_options(const Arguments& arguments) {
  DetectorOptions options = arguments.detection;
  const fs::path file = arguments.detector;
  const std::string extension = to_lower(file.extension().string());
  options.kind = extension == ".onnx" ? "onnx" : extension == ".xml" ? "cascade" : arguments.detector;
  if (!extension.empty()) options.model = file;
  return options;
}

std::string result_json(const fs::path& table, const FindLandmarksSummary& summary, std::int64_t images) {
  nlohmann::ordered_json json{{"table", table.string()}, {"images", images}, {"new_rows", summary.new_rows}};
  for (const auto& [status, count] : summary.counts) json["counts"][landmark_status_name(status)] = count;
  json["failures"] = nlohmann::ordered_json::array();
  for (const auto& row : summary.failures)
    json["failures"].push_back({{"id", row.id}, {"status", landmark_status_name(row.status)}, {"reason", row.reason}});
  return json_text(json, 2);
}

std::string result_text(const fs::path& table, const FindLandmarksSummary& summary, std::int64_t images) {
  constexpr std::size_t most = 10;
  std::string text = fmt::format("{} images in {}:", with_commas(images), table.string());
  for (const auto& [status, count] : summary.counts)
    text += fmt::format(" {} {}", with_commas(count), landmark_status_name(status));
  for (std::size_t i = 0; i < std::min(most, summary.failures.size()); ++i) {
    const LandmarkRow& row = summary.failures[i];
    text +=
        fmt::format("\n  {}: {}{}", landmark_status_name(row.status), row.id, row.reason.empty() ? "" : " (" + row.reason + ")");
  }
  if (summary.failures.size() > most)
    text += fmt::format("\n  and {} more, see the column status",
                        with_commas(static_cast<long long>(summary.failures.size() - most)));
  return text;
}

int find(Session& session, Arguments& arguments) {
  require_format(session, {"text", "json"}, "mien data landmarks");
  const Dataset dataset = arguments.dataset.open();
  const auto detector = make_face_detector(detector_options(arguments));
  const std::string landmarks = find_landmark_model(arguments.landmarks, model_places(session));
  const auto progress = make_progress(session, true);
  const auto model = make_landmark_model(landmarks);
  arguments.options.sources = {{"detector_file", model_identity(arguments.detector)},
                               {"landmark_file", model_identity(landmarks)},
                               {"min_face", std::to_string(arguments.detection.min_face_px)}};
  const fs::path table = fs::path(arguments.output) / "landmarks.csv";
  const auto summary =
      find_landmarks(dataset, *detector, *model, arguments.output, arguments.options, *progress);
  progress->info(fmt::format("faces by {}, landmarks by {}", arguments.detector, landmarks));
  print_result(session.json() ? result_json(table, summary, dataset.size()) : result_text(table, summary, dataset.size()));
  suggest_next(fmt::format("mien data stats {} --landmark-table {}", shell_word(arguments.dataset.options().spec), shell_word(table.string())));
  return 0;
}

}  // namespace

void add_data_landmarks_command(CLI::App& data, Session& session) {
  auto* command =
      data.add_subcommand("landmarks", "Find the 68 facial points, head pose and quality of every image of a data set");
  const auto a = std::make_shared<Arguments>(*command);
  command->add_option("-o,--output", a->output, "Folder for landmarks.csv and pictures")
      ->required()
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->add_option("--detector", a->detector, "dlib, cascade, or an .onnx file (YuNet, UltraFace, RetinaFace)")
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command->add_option("--landmarks", a->landmarks, "Landmark model: a network (.onnx), a dlib predictor (.dat), or dlib = the one of libdlib-data, the default")
      ->type_name("FILE")
      ->check(refuse_flag_as_value);
  command
      ->add_option("--min-face", a->detection.min_face_px,
                   "Smallest width of a face worth finding, pixels; 0 = by the image's size")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  command->add_flag("--whole-image-fallback", a->options.whole_image_fallback,
                    "Where no face is found, take the image for a tight crop of one");
  command->add_flag("--heat-maps", a->options.heat_maps, "Also write prior heat maps (PNG)");
  command->add_flag("--masks", a->options.masks, "Also write face masks (PNG)");
  command->add_flag("--parts", a->options.parts, "Also write crops of brows, eyes, nose and mouth (PNG)");
  command->add_option("--sigma", a->options.sigma, "Of the heat maps, pixels")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  command->add_option("--subset", a->options.subset, "Points in the heat maps: all, jaw, brows, nose, eyes, mouth, joined by +")
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command->add_flag("--resume", a->options.resume, "Go on with the table of an earlier run");
  command->add_option("--threads", a->options.threads, "Threads, 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return find(session, *a); }; });
}

}  // namespace mien::cli
