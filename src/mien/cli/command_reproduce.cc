// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "mien/base/folder_lock.h"
#include "mien/base/text.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/result_table.h"
#include "mien/cli/text_table.h"
#include "mien/cli/version.h"
#include "mien/reproduce/catalogue.h"
#include "mien/reproduce/reproduce.h"

namespace mien::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct ReproduceArguments {
  std::string study;
  ReproduceRequest request;
  std::string output;
  bool dry_run = false;
};

std::string published_data(const Study& study) {
  std::vector<std::string> names;
  for (const auto& row : study.rows)
    for (const auto& one : row.published)
      if (std::find(names.begin(), names.end(), one.data) == names.end()) names.push_back(one.data);
  return join(names, " ");
}

int list_studies(const Session& session) {
  require_format(session, {"text", "json", "csv"}, "mien reproduce");
  Rows rows;
  for (const auto& study : studies()) {
    std::vector<std::string> keys, scales;
    for (const auto& row : study.rows) keys.push_back(row.key);
    for (const auto& scale : study.scales) scales.push_back(scale.name);
    rows.push_back({study.name, join(scales, " "), published_data(study), join(keys, " "), study.title});
  }
  print_table(session, {"study", "scales", "published for", "rows", "title"}, rows);
  suggest_next("mien reproduce STUDY --data FORMAT:PATH --scale smoke --output FOLDER");
  return 0;
}

int show_plan(const Session& session, const Study& study, const ReproduceRequest& request) {
  require_format(session, {"text", "json", "csv"}, "mien reproduce --dry-run");
  Rows rows;
  for (const auto& run : plan_runs(study, request, look_at_data(study, request)))
    rows.push_back({study.rows[run.row].key, std::to_string(run.seed), is_locked(run.folder) ? "running" : to_text(run.state),
                    train_command(run.config)});
  print_table(session, {"row", "seed", "state", "command"}, rows);
  return 0;
}

std::string in_format(const Session& session, const StudyTable& table) {
  if (session.json()) return study_json(table);
  if (session.csv()) return study_csv(table);
  if (session.format == "markdown") return study_markdown(table);
  auto cells = readable_cells(table);
  const auto header = cells.front();
  cells.erase(cells.begin());
  std::string text = text_table(header, cells) + '\n';
  for (const auto& note : table.notes) text += fmt::format("note: {}\n", note);
  return text;
}

int run_reproduce(Session& session, ReproduceArguments& arguments) {
  if (arguments.study.empty()) return list_studies(session);
  const Study& study = study_named(arguments.study);
  arguments.request.output = arguments.output;
  if (arguments.dry_run) return show_plan(session, study, arguments.request);
  const auto progress = make_progress(session, false);
  const ProgramInfo program{session.command_line, program_version(), program_commit()};
  const StudyTable table = reproduce(study, arguments.request, program, run_workers(program), *progress, session.stop);
  print_result(in_format(session, table));
  progress->info("report: " + (arguments.request.output / study.name / "report.html").string());
  if (table.failed > 0)
    progress->warn(fmt::format("{} runs failed; --retry-failed trains them again from the start", table.failed));
  return table.failed > 0 ? 1 : 0;
}

}  // namespace

void add_reproduce_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "reproduce", "Train and score every row of a published table, with seeds and intervals; without STUDY, list what there is");
  const auto a = std::make_shared<ReproduceArguments>();
  ReproduceRequest& r = a->request;
  const auto text = [&](const char* flag, std::string& target, const char* help, const char* type) {
    return command->add_option(flag, target, help)->type_name(type)->check(refuse_flag_as_value);
  };
  const auto list = [&](const char* flag, std::vector<std::string>& target, const char* help, const char* type) {
    return command->add_option(flag, target, help)->type_name(type)->allow_extra_args(false)->check(refuse_flag_as_value);
  };
  command->add_option("study", a->study, "Name of the study")->type_name("STUDY");
  text("--data", r.data, "Data set", "FORMAT:PATH");
  text("--landmark-table", r.landmark_table, "CSV table with the 68 points of every image, as 'mien data landmarks' writes it",
       "CSV");
  text("--scale", r.scale, "How much of the published effort: smoke, reduced or full", "NAME")->capture_default_str();
  command->add_option("--seeds", r.seeds, "Seeds 1 to N of every row; default: the scale's number")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000));
  text("-o,--output", a->output, "Folder for runs and tables; the same command goes on in it", "FOLDER");
  list("--set", r.set, "An option of 'mien train' for every row, or for those whose key fits a pattern ('ldg*:epochs=4'); repeat for more",
       "[ROWS:]OPTION=VALUE");
  list("--only", r.only, "Rows to train, by key", "ROW,...")->delimiter(',');
  list("--exclude", r.exclude, "Text or CSV file naming images to leave out of the test; repeat for more", "FILE");
  list("--also", r.also, "Score every run on this data set too, classes mapped by name; repeat for more", "NAME=FORMAT:PATH");
  command->add_flag("--retry-failed", r.retry_failed, "Train failed runs again from the start");
  command->add_flag("--dry-run", a->dry_run, "Print the runs, their state and the 'mien train' command of each, and stop");
  command->add_option("--format", session.format, "How the table is written to stdout (default text)")
      ->check(CLI::IsMember({"text", "json", "csv", "markdown"}).description("{text,json,csv,markdown}"))
      ->type_name("");
  command->callback([&session, a] { session.action = [&session, a] { return run_reproduce(session, *a); }; });
}

}  // namespace mien::cli
