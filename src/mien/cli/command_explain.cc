// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "mien/base/files.h"
#include "mien/cli/commands.h"
#include "mien/cli/find_points.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/output.h"
#include "mien/cli/result_table.h"
#include "mien/cli/session.h"
#include "mien/cli/version.h"
#include "mien/explain/explain.h"
#include "mien/explain/explain_files.h"
#include "mien/pipeline/find_weights.h"
#include "mien/pipeline/face_files.h"

namespace mien::cli {
namespace {

struct ExplainArguments {
  ExplainConfig config;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
  std::vector<std::string> images;
  std::string output;
  std::string landmarks = "auto";
};

std::string cell(const MeanInterval& mean) {
  return mean.n == 0 ? "" : fmt::format("{:.3f} [{:.3f}, {:.3f}]", mean.mean, mean.interval.low, mean.interval.high);
}

/// The region where the map is densest compared with its area, "mouth 31 % (area 9 %)".
std::string densest_region(const ExplainResult& result, const MethodSummary& method) {
  std::string text;
  double best = 0;
  for (std::size_t r = 0; r < method.absolute_shares.size(); ++r) {
    const double share = method.absolute_shares[r].mean, area = result.mean_areas[r];
    if (!(area > 0) || !(share / area > best)) continue;
    best = share / area;
    text = fmt::format("{} {:.0f} % (area {:.0f} %)", FaceRegions::names()[r], 100 * share, 100 * area);
  }
  return text;
}

/// One row a method; columns that nothing fills are left out.
void print_summary(const Session& session, const ExplainResult& result) {
  std::vector<std::string> columns = {"method", "ms_per_image", "empty_maps"};
  const bool measured = result.methods.front().deletion.n > 0, shares = !result.mean_areas.empty();
  if (measured) columns.insert(columns.end(), {"deletion", "insertion", "deletion_gain", "insertion_gain"});
  if (shares) columns.push_back("densest");
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : result.methods) {
    auto& row = rows.emplace_back(
        std::vector<std::string>{one.method.label(), fmt::format("{:.1f}", one.ms_per_image), std::to_string(one.empty_maps)});
    const auto gain =
        std::find_if(one.gains.begin(), one.gains.end(), [](const auto& g) { return g.control == "random_smooth"; });
    const bool gained = gain != one.gains.end();
    if (measured)
      row.insert(row.end(), {cell(one.deletion), cell(one.insertion), gained ? cell(gain->deletion) : "",
                             gained ? cell(gain->insertion) : ""});
    if (shares) row.push_back(densest_region(result, one));
  }
  print_table(session, columns, rows);
}

void print_measurements(Progress& progress, const ExplainResult& result) {
  for (std::size_t k = 0; k < result.own_numbers.size(); ++k)
    progress.info(fmt::format("{}{}: {}", result.own_numbers[k].name,
                              result.own_numbers[k].model.empty() ? "" : " of " + result.own_numbers[k].model, cell(result.own_means[k])));
}

int run_explain(Session& session, ExplainArguments& arguments) {
  ExplainConfig& config = arguments.config;
  arguments.flags->apply();
  WalkedFiles images;
  if (!arguments.images.empty()) images = list_face_files(arguments.images, std::cin);
  refuse_pipes(images.files);
  config.images = images.files;
  config.weights = weights_or_default(config.weights, {".safetensors"}, model_places(session)).string();
  const auto progress = make_progress(session, true);
  const OutputFolder output = open_output(arguments.output, fs::path("runs") / "explain" / "maps", *progress);
  const fs::path& folder = output.path();
  ExplainResult result = explain(config, folder, point_finder(arguments.landmarks, model_places(session, config.weights), *progress), *progress);
  result.facts.emplace_back("command", session.command_line);
  result.facts.emplace_back("commit", program_commit());
  if (session.json())
    print_result(explanation_json(result));
  else
    print_summary(session, result);
  print_measurements(*progress, result);
  const std::string note = write_explanation(result, folder);
  if (!note.empty()) progress->warn(note);
  for (const auto& bad : result.failures) progress->warn(bad.id + ": " + bad.reason);
  if (!result.failures.empty()) progress->warn(fmt::format("{} images could not be read", result.failures.size()));
  if (!images.left_out.empty()) progress->warn(left_out_text(images.left_out));
  progress->info("report: " + (folder / "report.html").string());
  return result.failures.empty() ? 0 : 1;
}

}  // namespace

void add_explain_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("explain", "Show what an answer rests on: attribution maps, facial parts, faithfulness");
  auto arguments = std::make_shared<ExplainArguments>();
  command->add_option("images", arguments->images, "Image files, folders, patterns, or - for a list on stdin; else --data");
  describe(arguments->config, arguments->table);
  arguments->flags = std::make_unique<OptionFlags>(*command, arguments->table);
  command->add_option("--output", arguments->output, "Folder for maps and report; default runs/explain/maps")
      ->check(refuse_flag_as_value);
  command
      ->add_option("--landmarks", arguments->landmarks,
                   "What finds facial parts where the data have no 68 landmarks: auto (the default model), none, dlib, or a landmark model")
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command->callback(
      [&session, arguments] { session.action = [&session, arguments] { return run_explain(session, *arguments); }; });
}

}  // namespace mien::cli
