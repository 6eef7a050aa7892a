// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "mien/base/files.h"
#include "mien/base/shell_word.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/output.h"
#include "mien/cli/session.h"
#include "mien/cli/version.h"
#include "mien/eval/evaluate.h"

namespace mien::cli {
namespace {

struct EvalArguments {
  EvaluateConfig config;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
  std::string output;
};

int run_eval(Session& session, EvalArguments& arguments) {
  require_format(session, {"text", "json"}, "eval");
  arguments.flags->apply();
  const auto progress = make_progress(session, true);
  const OutputFolder output = open_output(arguments.output, fs::path("runs") / "eval" / arguments.config.split, *progress);
  EvaluationResult result = evaluate(arguments.config, *progress);
  result.facts.emplace_back("command", session.command_line);
  result.facts.emplace_back("commit", program_commit());
  print_result(session.json() ? evaluation_json(result) : evaluation_text(result));  // also when the disk is full
  const fs::path& folder = output.path();
  const std::string note = write_evaluation_report(result, folder);
  if (!note.empty()) progress->warn(note);
  progress->info("report: " + (folder / "report.html").string());
  suggest_next("mien predict --weights " + shell_word(arguments.config.weights) + " FACE.png");
  return 0;
}

}  // namespace

void add_eval_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("eval", "Score weights on a split: metrics with intervals, plots, report");
  auto arguments = std::make_shared<EvalArguments>();
  describe(arguments->config, arguments->table);
  arguments->flags = std::make_unique<OptionFlags>(*command, arguments->table);
  command->add_option("--output", arguments->output, "Folder for the report; default runs/eval/SPLIT")->check(refuse_flag_as_value);
  command->callback([&session, arguments] { session.action = [&session, arguments] { return run_eval(session, *arguments); }; });
}

}  // namespace mien::cli
