// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/shell_word.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/output.h"
#include "mien/cli/result_table.h"
#include "mien/cli/session.h"
#include "mien/landmark_training/cascade.h"
#include "mien/landmark_training/fit_boxes.h"
#include "mien/landmark_training/landmark_data.h"
#include "mien/landmark_training/score_report.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"

namespace mien::cli {
namespace {

/// What all three commands look at.
struct FacesArguments {
  std::string data, split = "all", points = "exact";
  std::string detector = "dlib", box = "detector";
  double perturbation = 0.1;
  std::int64_t limit = 0, seed = 0;
};

struct ScoreArguments {
  FacesArguments faces;
  std::vector<std::string> landmarks;
  std::string output;
  bool steadiness = false;
  LandmarkErrorOptions errors;
};

/// `scored`: with the flags that move boxes.
void add_faces_flags(CLI::App& command, FacesArguments& a, const std::string& split, bool scored) {
  a.split = split;
  command
      .add_option("--data", a.data,
                  "Faces with 68 points: a folder with landmarks.csv, such a file, or procedural:COUNT. Other hand-placed points need a map "
                  "beside them, landmark_map68.csv")
      ->required()
      ->check(refuse_flag_as_value);
  command.add_option("--split", a.split, "Third of the people: train, valid, test; or all")
      ->check(CLI::IsMember({"train", "valid", "test", "all"}))
      ->capture_default_str();
  command
      .add_option(
          "--detector", a.detector,
          "dlib, cascade, an .onnx file (YuNet, UltraFace, RetinaFace), or reference: tight boxes of the reference points")
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command.add_option("--limit", a.limit, "Faces at most, evenly spread over the list; 0 = all")
      ->check(CLI::Range(0, 100000000))
      ->capture_default_str();
  if (!scored) return;
  command
      .add_option("--points", a.points,
                  "Of points with a map: exact counterparts of the 68 alone, or all that the map names")
      ->check(CLI::IsMember({"exact", "all"}))
      ->capture_default_str();
  command
      .add_option("--box", a.box,
                  "detector: its boxes; perturbed: the same, moved and scaled; reference: as --detector reference")
      ->check(CLI::IsMember({"detector", "reference", "perturbed"}))
      ->capture_default_str();
  command.add_option("--perturbation", a.perturbation, "How far boxes are moved and scaled at most, share of their size")
      ->check(CLI::Range(0.0, 0.49))
      ->capture_default_str();
  command.add_option("--seed", a.seed, "Random seed of moved boxes")->capture_default_str();
}

Dataset faces_of(const FacesArguments& a) {
  Dataset dataset = open_landmark_data(a.data, a.points == "all" ? Counterparts::all : Counterparts::exact);
  if (a.split != "all") dataset = select_split(dataset, a.split);
  if (a.limit == 0 || a.limit >= dataset.size()) return dataset;
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < a.limit; ++i) chosen.push_back(i * dataset.size() / a.limit);
  return select_indices(dataset, chosen);
}

FaceBoxes still_boxes(const Dataset& faces, const FacesArguments& a, Progress& progress) {
  if (a.box == "reference" || a.detector == "reference") return reference_boxes(faces);
  DetectorOptions options;
  const bool is_file = a.detector.ends_with(".onnx");
  options.kind = is_file ? "onnx" : a.detector;
  if (is_file) options.model = a.detector;
  return detected_boxes(faces, *make_face_detector(options), progress);
}

FaceBoxes boxes_of(const Dataset& faces, const FacesArguments& a, Progress& progress) {
  const FaceBoxes boxes = still_boxes(faces, a, progress);
  return a.box == "perturbed" ? perturbed_boxes(boxes, a.perturbation, static_cast<std::uint64_t>(a.seed)) : boxes;
}

std::string short_name(const std::string& landmarks) {
  return landmarks == "dlib" ? landmarks : std::filesystem::path(landmarks).filename().string();
}

std::vector<LandmarkResult> results_of(const ScoreArguments& a, Progress& progress) {
  const Dataset faces = faces_of(a.faces);
  // Files are opened before the long work begins.
  std::vector<std::unique_ptr<LandmarkModel>> models;
  for (const auto& file : a.landmarks) models.push_back(make_landmark_model(file));
  const FaceBoxes boxes = boxes_of(faces, a.faces, progress);
  const std::string label = a.faces.box == "perturbed" ? boxes.detector + ", perturbed" : boxes.detector;
  std::vector<LandmarkResult> results;
  for (std::size_t m = 0; m < models.size(); ++m) {
    results.push_back(
        landmark_result(short_name(a.landmarks[m]), label, score_landmarks(faces, boxes, *models[m], progress), a.errors));
    if (a.steadiness) results.back().unsteadiness = measure_unsteadiness(faces, boxes, *models[m], {}, progress);
  }
  return results;
}

std::vector<std::vector<std::string>> difference_rows(const std::vector<LandmarkResult>& results,
                                                      const LandmarkErrorOptions& options) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 1; i < results.size(); ++i)
    for (const char* taken_off : {"nothing", "mean offset", "each point's offset"}) {
      LandmarkErrorOptions one = options;
      one.remove_offset = std::string(taken_off) == "mean offset";
      one.remove_point_offsets = std::string(taken_off) == "each point's offset";
      const auto d = landmark_difference(results[0].score.answers, results[i].score.answers, one);
      rows.push_back({results[i].landmarks, results[0].landmarks, taken_off, std::to_string(d.n),
                      fmt::format("{:+.2f}", 100 * d.mean),
                      fmt::format("{:+.2f}..{:+.2f}", 100 * d.interval.low, 100 * d.interval.high)});
    }
  return rows;
}

/// Results stand below each other on a terminal: they have more columns than one is wide.
std::vector<std::vector<std::string>> transposed(const std::vector<std::string>& columns,
                                                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> lines;
  for (std::size_t c = 2; c < columns.size(); ++c) {
    std::vector<std::string> line{columns[c]};
    for (const auto& row : rows) line.push_back(row[c]);
    lines.push_back(std::move(line));
  }
  return lines;
}

void print_results(const Session& session, const std::vector<LandmarkResult>& results, const LandmarkErrorOptions& options) {
  const auto rows = result_rows(results);
  if (session.json() || session.csv()) return print_table(session, result_columns(), rows);
  std::vector<std::string> header{"% of the eye distance"};
  for (const auto& r : results) header.push_back(r.landmarks + " on " + r.boxes);
  print_table(session, header, transposed(result_columns(), rows));
  if (results.size() > 1) {
    print_result("");
    print_table(session, {"error of", "less that of", "taken_off", "faces", "difference_pct", "interval"},
                difference_rows(results, options));
  }
}

void write_results(const std::filesystem::path& folder, const std::vector<LandmarkResult>& results, double limit,
                   Progress& progress) {
  std::string table = csv_line(result_columns());
  for (const auto& row : result_rows(results)) table += csv_line(row);
  write_atomically(folder / "scores.csv", table);
  write_atomically(folder / "faces.csv", faces_csv(results));
  const auto show = [&](const std::filesystem::path& file, const std::function<void()>& write) {
    if (const std::string note = write_or_say(file, write); !note.empty()) progress.warn(note);
  };
  show(folder / "curves.html", [&] { write_atomically(folder / "curves.html", error_curves_html(results, limit)); });
  if (plotting_available())
    show(folder / "curves.png", [&] { plot_error_curves(results, limit, folder / "curves.png"); });
  else
    progress.warn("gnuplot was not found: no curves.png (package gnuplot-nox)");
}

int run_score(Session& session, ScoreArguments& a) {
  require_format(session, {"text", "json", "csv"}, "landmarks score");
  const auto progress = make_progress(session, true);
  std::optional<OutputFolder> output;
  if (!a.output.empty()) output.emplace(a.output, 1, progress.get());
  const auto results = results_of(a, *progress);
  print_results(session, results, a.errors);
  if (output) write_results(a.output, results, a.errors.failure_limit, *progress);
  return 0;
}

void add_score(CLI::App& landmarks, Session& session) {
  auto* command = landmarks.add_subcommand("score", "Error and steadiness of landmark models on faces with known points");
  const auto a = std::make_shared<ScoreArguments>();
  add_faces_flags(*command, a->faces, "all", true);
  command
      ->add_option("--landmarks", a->landmarks,
                   "dlib (the packaged predictor), a .dat or an .onnx file; repeat to compare with the first")
      ->allow_extra_args(false)
      ->check(refuse_flag_as_value);
  command->add_option("--output", a->output, "Folder for scores.csv, faces.csv, curves.html and curves.png")
      ->check(refuse_flag_as_value);
  command->add_flag("--steadiness", a->steadiness, "Also measure how much the points move when the box moves by up to 5 %");
  command->add_option("--failure", a->errors.failure_limit, "Error above which a face is a failure, share of the eye distance")
      ->check(CLI::Range(0.001, 1.0))
      ->capture_default_str();
  command->add_option("--resamples", a->errors.resamples, "Bootstrap resamples of the people")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->callback([&session, a] {
    if (a->landmarks.empty()) a->landmarks = {"dlib"};
    session.action = [&session, a] { return run_score(session, *a); };
  });
}

struct TrainArguments {
  FacesArguments faces;
  std::string output;
  CascadeOptions cascade;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
};

int run_train(Session& session, TrainArguments& a) {
  require_format(session, {"text", "json", "csv"}, "landmarks train");
  a.flags->apply();
  const auto progress = make_progress(session, true);
  prepare_output_file(a.output, *progress);
  const Dataset faces = faces_of(a.faces);
  const FaceBoxes boxes = boxes_of(faces, a.faces, *progress);
  const CascadeSummary summary = train_cascade(faces, boxes, a.cascade, a.output, *progress);
  const auto bytes = static_cast<double>(std::filesystem::file_size(a.output));
  print_table(session, {"file", "megabytes", "faces", "with_a_box", "samples"},
              {{a.output, fmt::format("{:.1f}", bytes / 1e6), std::to_string(faces.size()), std::to_string(summary.faces),
                std::to_string(summary.samples)}});
  suggest_next(
      fmt::format("mien landmarks score --data {} --split valid --landmarks dlib --landmarks {}", shell_word(a.faces.data), shell_word(a.output)));
  return 0;
}

void add_train(CLI::App& landmarks, Session& session) {
  auto* command = landmarks.add_subcommand("train", "Train a cascade of regression trees that places 68 points (dlib's format)");
  const auto a = std::make_shared<TrainArguments>();
  add_faces_flags(*command, a->faces, "train", false);
  command->add_option("--output", a->output, "File to write, .dat")->required()->check(refuse_flag_as_value);
  describe(a->cascade, a->table);
  a->flags = std::make_unique<OptionFlags>(*command, a->table);
  command->callback([&session, a] { session.action = [&session, a] { return run_train(session, *a); }; });
}

struct BoxesArguments {
  FacesArguments faces;
  std::string network, output;
};

int run_boxes(Session& session, BoxesArguments& a) {
  require_format(session, {"text", "json", "csv"}, "landmarks boxes");
  const auto progress = make_progress(session, true);
  const std::string output = a.output.empty() ? a.network : a.output;
  prepare_output_file(output, *progress);
  const Dataset faces = faces_of(a.faces);
  const FaceBoxes boxes = boxes_of(faces, a.faces, *progress);
  const FrameFromBox fit = fit_network_boxes(faces, boxes, a.network, output);
  print_table(
      session, {"detector", "dx", "dy", "scale", "file"},
      {{boxes.detector, fmt::format("{:.4f}", fit.dx), fmt::format("{:.4f}", fit.dy), fmt::format("{:.4f}", fit.scale), output}});
  return 0;
}

void add_boxes(CLI::App& landmarks, Session& session) {
  auto* command = landmarks.add_subcommand("boxes", "Fit how a detector frames faces and store it in a landmark network");
  const auto a = std::make_shared<BoxesArguments>();
  command->add_option("network", a->network, "ONNX file of a landmark network")->required()->check(refuse_flag_as_value);
  add_faces_flags(*command, a->faces, "train", false);
  command->add_option("--output", a->output, "File to write; default: the same file")->check(refuse_flag_as_value);
  command->callback([&session, a] { session.action = [&session, a] { return run_boxes(session, *a); }; });
}

}  // namespace

void add_landmarks_command(CLI::App& app, Session& session) {
  auto* landmarks = app.add_subcommand("landmarks", "Score and train models that place 68 facial points");
  landmarks->require_subcommand(1);
  add_score(*landmarks, session);
  add_train(*landmarks, session);
  add_boxes(*landmarks, session);
}

}  // namespace mien::cli
