// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "mien/base/files.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/report/run_comparison.h"

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

}  // namespace

void add_runs_command(CLI::App& app, Session& session) {
  auto* runs = app.add_subcommand("runs", "Look at finished runs");
  runs->require_subcommand(1);
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
