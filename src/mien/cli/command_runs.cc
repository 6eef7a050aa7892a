// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "mien/base/files.h"
#include "mien/base/output_folder.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/report/run_comparison.h"
#include "mien/report/run_vote.h"

namespace mien::cli {
namespace {

struct CompareArguments {
  std::vector<std::string> folders;
  std::string markdown_file;
  ComparisonOptions options;
};

std::string in_format(const Session& session, const Comparison& comparison) {
  if (session.json()) return comparison_json(comparison);
  if (session.csv()) return comparison_csv(comparison);
  return comparison_text(comparison);
}

int compare(const Session& session, const CompareArguments& arguments) {
  require_format(session, {"text", "json", "csv"}, "mien runs compare");
  const Comparison comparison = compare_runs({arguments.folders.begin(), arguments.folders.end()}, arguments.options);
  if (!arguments.markdown_file.empty()) write_atomically(arguments.markdown_file, comparison_markdown(comparison));
  print_result(in_format(session, comparison));
  return 0;
}

struct VoteArguments {
  std::vector<std::string> folders;
  std::string output;
  VoteOptions options;
};

int vote(Session& session, const VoteArguments& arguments) {
  require_format(session, {"text", "json"}, "mien runs vote");
  const auto progress = make_progress(session, true);
  std::optional<OutputFolder> output;
  if (!arguments.output.empty()) output.emplace(arguments.output, 1, progress.get());
  EvaluationResult result = vote_of_runs({arguments.folders.begin(), arguments.folders.end()}, arguments.options);
  result.facts.emplace_back("command", session.command_line);
  print_result(session.json() ? evaluation_json(result) : evaluation_text(result));
  if (output) {
    if (const std::string note = write_evaluation_report(result, arguments.output); !note.empty()) progress->warn(note);
    progress->info("report: " + (fs::path(arguments.output) / "report.html").string());
  }
  return 0;
}

void add_vote_command(CLI::App& runs, Session& session) {
  auto* command = runs.add_subcommand("vote", "Score what several evaluated runs answer together for the same images");
  const auto arguments = std::make_shared<VoteArguments>();
  command->add_option("folders", arguments->folders, "Run or evaluation folders with predictions.csv")->required();
  command->add_option("--rule", arguments->options.rule, "How probabilities become one answer (default mean)")
      ->check(CLI::IsMember({"mean", "geometric_mean", "hard"}).description("{mean,geometric_mean,hard}"))
      ->type_name("");
  command->add_option("--weights", arguments->options.weights, "A weight a run (default: all alike)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("REAL,...");
  command->add_option("--bootstrap", arguments->options.bootstrap, "Bootstrap resamples for the 95 % intervals; 0 = none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Random seed of the bootstrap")->capture_default_str();
  command->add_option("-o,--output", arguments->output, "Folder for the report and the answers")
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->callback([&session, arguments] { session.action = [&session, arguments] { return vote(session, *arguments); }; });
}

}  // namespace

void add_runs_command(CLI::App& app, Session& session) {
  auto* runs = app.add_subcommand("runs", "Look at finished runs");
  runs->require_subcommand(1);
  add_vote_command(*runs, session);
  auto* command = runs->add_subcommand(
      "compare", "One table of several evaluated runs: mean and spread over seeds, differences to the first");
  const auto arguments = std::make_shared<CompareArguments>();
  command->add_option("folders", arguments->folders, "Run or evaluation folders with predictions.csv; the first is the reference")
      ->required();
  command
      ->add_option("--group", arguments->options.groups,
                   "Runs whose name begins with this text are seeds of one configuration; repeat for more (default: by name "
                   "without -seedN, -runN, -foldN)")
      ->allow_extra_args(false)
      ->check(refuse_flag_as_value);
  command->add_option("--resamples", arguments->options.resamples, "Bootstrap resamples for the intervals")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Random seed of the bootstrap")->capture_default_str();
  command->add_option("--markdown", arguments->markdown_file, "Write the table as Markdown to this file, too")
      ->check(refuse_flag_as_value);
  command->callback([&session, arguments] { session.action = [&session, arguments] { return compare(session, *arguments); }; });
}

}  // namespace mien::cli
