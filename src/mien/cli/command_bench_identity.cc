// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <regex>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/result_table.h"
#include "mien/tracking/identity_benchmark.h"

namespace mien::cli {
namespace {

namespace fs = std::filesystem;

struct IdentityArguments {
  std::string labels, images, only, session, landmarks = "dlib";
  std::vector<std::string> embeddings;
  DetectorOptions detector;
  IdentityBenchOptions options;
};

std::regex regex_of(const std::string& text, const std::string& flag) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::usage, flag + " " + text + ": no regular expression: " + error.what());
  }
}

std::vector<PersonImage> person_images(const IdentityArguments& arguments) {
  const CsvTable table = read_csv(arguments.labels, true);
  const auto image = static_cast<std::size_t>(table.column("image")),
             identity = static_cast<std::size_t>(table.column("identity"));
  const fs::path folder =
      arguments.images.empty() ? fs::path(arguments.labels).parent_path() / "images" : fs::path(arguments.images);
  const std::regex only = regex_of(arguments.only, "--only"), session = regex_of(arguments.session, "--session");
  std::vector<PersonImage> images;
  for (const auto& row : table.rows) {
    if (!std::regex_search(row[image], only)) continue;
    images.push_back({folder / row[image], row[identity], {}});
    std::smatch match;
    if (!arguments.session.empty() && std::regex_search(row[image], match, session))
      images.back().session = match[match.size() > 1 ? 1 : 0];
  }
  return images;
}

const std::vector<std::string> kColumns = {"embedder",
                                           "size",
                                           "images",
                                           "without_face",
                                           "same_pairs",
                                           "different_pairs",
                                           "auc",
                                           "accuracy",
                                           "best_threshold",
                                           "equal_error",
                                           "equal_error_threshold",
                                           "accepted_at_1%",
                                           "threshold_at_1%",
                                           "accepted_at_0.1%",
                                           "threshold_at_0.1%",
                                           "ms_per_face"};

std::vector<std::string> cells(const IdentityBenchRow& row) {
  const auto number = [](double value) { return fmt::format("{:.4f}", value); };
  return {fs::path(row.embedder).filename().string(),
          std::to_string(row.size),
          std::to_string(row.images),
          std::to_string(row.without_face),
          std::to_string(row.same_pairs),
          std::to_string(row.different_pairs),
          number(row.scores.area),
          number(row.scores.accuracy),
          number(row.scores.best_threshold),
          number(row.scores.equal_error),
          number(row.scores.equal_error_threshold),
          number(row.accepted_1_percent),
          number(row.threshold_1_percent),
          number(row.accepted_1_permille),
          number(row.threshold_1_permille),
          fmt::format("{:.2f}", row.ms_per_face)};
}

int run_bench_identity(Session& session, const IdentityArguments& arguments) {
  const auto progress = make_progress(session, true);
  const auto images = person_images(arguments);
  const auto detector = make_face_detector(arguments.detector);
  const auto landmarks = make_landmark_model(arguments.landmarks);
  std::vector<std::unique_ptr<FaceEmbedder>> embedders;
  embedders.push_back(make_face_embedder());
  for (const auto& file : arguments.embeddings) embedders.push_back(make_face_embedder(file));
  std::vector<const FaceEmbedder*> compared;
  for (const auto& embedder : embedders) compared.push_back(embedder.get());
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : bench_identity(images, *detector, *landmarks, compared, arguments.options, *progress, session.stop))
    rows.push_back(cells(row));
  print_table(session, kColumns, rows);
  return 0;
}

}  // namespace

void add_bench_identity(CLI::App& bench, Session& session) {
  auto* command = bench.add_subcommand("identity", "How well face embeddings tell pairs of one person from pairs of two");
  auto a = std::make_shared<IdentityArguments>();
  command->add_option("labels", a->labels, "CSV file with the columns image and identity")
      ->required()
      ->check(refuse_flag_as_value);
  command->add_option("--images", a->images, "Folder of the images; default: images beside the CSV file")
      ->check(refuse_flag_as_value);
  command->add_option("--only", a->only, "Only images whose name holds a match of this regular expression")
      ->check(refuse_flag_as_value);
  command
      ->add_option("--session", a->session,
                   "Regular expression: what its first group matches in the name is the session, and pairs of one person are "
                   "taken from one")
      ->check(refuse_flag_as_value);
  command->add_option("--embedding", a->embeddings, "ONNX files to compare with the built-in description")
      ->check(refuse_flag_as_value);
  command->add_option("--detector", a->detector.kind, "Face detector: dlib, cascade or onnx")->capture_default_str();
  command->add_option("--detector-model", a->detector.model, "ONNX file of the detector")->check(refuse_flag_as_value);
  command->add_option("--landmarks", a->landmarks, "Landmark model; default: dlib's 68 points")->check(refuse_flag_as_value);
  command->add_option("--pairs", a->options.pairs, "Pairs of one person")->check(CLI::Range(1, 10000000))->capture_default_str();
  command->add_option("--different", a->options.different, "Pairs of two people")
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
  command->add_option("--seed", a->options.seed, "Seed of the pairs")->capture_default_str();
  command->add_option("--threads", a->options.threads, "Threads; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_identity(session, *a); }; });
}

}  // namespace mien::cli
