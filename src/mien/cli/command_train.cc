// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/session.h"
#include "mien/cli/version.h"
#include "mien/train/train.h"

namespace mien::cli {
namespace {

/// What the flags of `mien train` fill.
struct TrainArguments {
  TrainConfig config;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
  std::string resume;
  bool dry_run = false;
};

std::string outcome_json(const TrainOutcome& o) {
  return json_text(nlohmann::ordered_json{{"run", o.run_folder.string()}, {"epochs", o.epochs_done}, {"best_epoch", o.best_epoch},
                                {"select", o.select}, {"validation_score", o.best_score}, {"seconds", o.seconds}}, 2);
}

std::string outcome_text(const TrainOutcome& o) {
  return fmt::format("run       {}\nbest      epoch {} of {}, validation {} {:.4f}\nweights   {}\nreport    {}\ntime      {}\n", o.run_folder.string(),
                     o.best_epoch, o.epochs_done, o.select, o.best_score, (o.run_folder / "weights" / "best.safetensors").string(),
                     (o.run_folder / "report.html").string(), human_duration(o.seconds));
}

int run_train(Session& session, TrainArguments& arguments) {
  require_format(session, {"text", "json"}, "train");
  if (arguments.resume.empty()) arguments.flags->apply();
  if (arguments.dry_run) {
    print_result(arguments.table.to_toml());
    return 0;
  }
  const auto progress = make_progress(session, false);
  const ProgramInfo program{session.command_line, program_version(), program_commit()};
  const TrainOutcome outcome = arguments.resume.empty() ? train(arguments.config, program, *progress, session.stop)
                                                        : resume_training(arguments.resume, program, *progress, session.stop);
  if (!outcome.notes.empty()) progress->warn(outcome.notes);
  print_result(session.json() ? outcome_json(outcome) : outcome_text(outcome));
  suggest_next("mien eval --weights " + shell_word(outcome.run_folder.string()) + " --data FORMAT:PATH --split test");
  return 0;
}

}  // namespace

void add_train_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("train", "Train a method on a data set and write a run folder");
  auto arguments = std::make_shared<TrainArguments>();
  describe(arguments->config, arguments->table);
  arguments->flags = std::make_unique<OptionFlags>(*command, arguments->table, OptionFlags::Files::config_and_recipe);
  command->add_option("--resume", arguments->resume, "Continue the run in this folder, bit-exactly; other flags are ignored")->check(refuse_flag_as_value);
  command->add_flag("--dry-run", arguments->dry_run, "Print the resolved configuration as TOML and stop");
  command->callback([&session, arguments] { session.action = [&session, arguments] { return run_train(session, *arguments); }; });
}

}  // namespace mien::cli
