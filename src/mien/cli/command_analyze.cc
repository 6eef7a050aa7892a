// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/choose_models.h"
#include "mien/analysis/kept_pipes.h"
#include "mien/base/utf8.h"
#include "mien/results/result_writer.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/output_folder.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/session.h"
#include "mien/cli/version.h"

namespace mien::cli {
namespace {

constexpr std::int64_t most_printed_faces = 40;

struct AnalyzeArguments {
  std::vector<std::string> inputs;
  AnalysisOptions options;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
  std::string output, resume;
  std::vector<std::string> formats = {"csv", "html"};
  bool annotate = false, strict = false;
};

fs::path usual_folder(const AnalysisJob& job) {
  const fs::path name = fs::path(job.sources.front().name).stem();
  return fs::path("runs") / "analysis" / (name.empty() || name == "." ? "pictures" : name);
}

void check_formats(const std::vector<std::string>& formats) {
  const auto known = result_formats();
  for (const auto& format : formats)
    if (std::find(known.begin(), known.end(), format) == known.end())
      throw Error(ErrorCode::usage, fmt::format("--formats: unknown format '{}'", format),
                  fs::exists(format) ? "Give the pictures and videos before --formats, which takes every word behind it." : "Known: " + join(known, ", ") + ".");
}

void refuse_used_folder(const fs::path& folder) {
  if (fs::exists(folder / "analysis.json"))
    throw Error(ErrorCode::usage, folder.string() + ": holds an analysis already", "Go on with --resume " + shell_word(folder.string()) + ", or give another --output.");
}

AnalysisJob new_job(Session& session, AnalyzeArguments& a) {
  a.flags->apply();
  check_formats(a.formats);
  if (!a.output.empty()) refuse_used_folder(a.output);
  if (a.inputs.empty()) throw Error(ErrorCode::usage, "nothing to look at", "Give pictures, videos, folders, patterns, camera:0, or - for a list on stdin.");
  AnalysisJob job;
  MediaList media = list_media(a.inputs, std::cin);
  job.sources = std::move(media.sources);
  job.left_out = std::move(media.left_out);
  if (job.sources.empty()) throw Error(ErrorCode::usage, "the list on stdin is empty");
  job.options = a.options;
  job.options.faces.models = model_places(session).folder.string();
  job.options.faces = with_models(job.options.faces);
  job.formats = a.formats;
  job.annotate = a.annotate;
  job.command_line = session.command_line;
  job.version = program_version();
  std::error_code unknown;
  job.working_folder = fs::current_path(unknown).string();
  return job;
}

/// The folder of an analysis, closed to other processes and freed of what killed ones left.
struct OpenFolder {
  fs::path path;
  std::unique_ptr<OutputFolder> held;
};

/// A wrong name must not leave a folder that says so for ever.
void refuse_absent_sources(const AnalysisJob& job) {
  const auto absent = [](const MediaSource& source) { return !source.problem.empty(); };
  if (job.sources.empty() || !std::all_of(job.sources.begin(), job.sources.end(), absent)) return;
  const std::size_t others = job.sources.size() - 1;
  throw Error(ErrorCode::not_found, job.sources[0].problem + (others > 0 ? fmt::format(" (and {} more like it)", others) : ""), "Name pictures, videos or folders with some.");
}

OpenFolder create_folder(const Session& session, AnalysisJob& job, const AnalyzeArguments& a, Progress& progress) {
  OpenFolder folder;
  folder.held.reset(a.output.empty() ? new OutputFolder(OutputFolder::numbered(usual_folder(job))) : new OutputFolder(a.output));
  folder.path = folder.held->path();
  refuse_used_folder(folder.path);
  keep_pipes(job.sources, folder.path, session.stop, progress);
  save_job(job, folder.path);
  return folder;
}

/// Names in a job start from where its command was given: goes there, as long as that folder is still there.
OpenFolder resumed_folder(const AnalysisJob& job, const std::string& path) {
  OpenFolder folder{path, std::make_unique<OutputFolder>(path)};
  std::error_code gone;
  if (job.working_folder.empty() || !fs::is_directory(job.working_folder, gone) || fs::equivalent(job.working_folder, ".", gone)) return folder;
  folder.path = fs::absolute(path);
  fs::current_path(job.working_folder);
  return folder;
}

nlohmann::ordered_json as_json(const AnalysisJob& job, const AnalysisSummary& s, const AnalysisInfo& info, const fs::path& folder, const std::vector<fs::path>& files) {
  nlohmann::ordered_json j{{"folder", folder.string()}, {"sources", s.sources}, {"failed", s.failed}, {"frames", s.frames},
                           {"frames_with_faces", s.frames_with_faces}, {"faces", s.faces}, {"uncertain", s.uncertain}, {"people", s.people},
                           {"seconds", s.seconds}};
  for (std::size_t c = 0; c < info.class_names.size(); ++c) j["labels"][info.class_names[c]] = s.labels[c];
  for (const auto& [name, value] : model_facts(job.options.faces)) j["models"][name] = value;
  for (const auto& file : files) j["files"].push_back(file.string());
  for (const auto& one : job.left_out) j["left_out"].push_back({{"path", one.path}, {"reason", one.reason}});
  for (const auto& [source, reason] : s.failures) j["failures"].push_back({{"source", source}, {"reason", reason}});
  return {{"summary", std::move(j)}};
}

std::string counts_text(const AnalysisSummary& s, const AnalysisInfo& info) {
  std::vector<std::pair<std::int64_t, std::string>> counts;
  for (std::size_t c = 0; c < info.class_names.size(); ++c)
    if (s.labels[c] > 0) counts.emplace_back(s.labels[c], info.class_names[c]);
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> parts;
  for (const auto& [count, name] : counts)
    parts.push_back(fmt::format("{} {:.1f} %", name, 100.0 * static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(s.faces, 1))));
  return join(parts, ", ");
}

/// The faces of pictures, as long as they are few.
std::string faces_text(const AnalysisInfo& info, const fs::path& folder) {
  std::string text;
  std::int64_t lines = 0;
  read_results(folder / "results.jsonl", [&](const FrameResult& frame) {
    if (frame.video || frame.width == 0 || lines > most_printed_faces) return;
    if (frame.faces.empty()) text += shown_name(frame.source) + "  no face\n";
    for (const FaceResult& face : frame.faces) {
      text += fmt::format("{}  {:.0f},{:.0f} {:.0f}x{:.0f}", shown_name(frame.source), face.box.x, face.box.y, face.box.width, face.box.height);
      if (face.label >= 0)
        text += fmt::format("  {:<10} {:5.1f} %{}", info.class_names[static_cast<std::size_t>(face.label)],
                            100 * face.probabilities[static_cast<std::size_t>(face.label)], face.uncertain ? "  uncertain" : "");
      text += "\n";
    }
    lines += std::max<std::int64_t>(static_cast<std::int64_t>(frame.faces.size()), 1);
  });
  return lines > most_printed_faces ? "" : text;
}

std::string as_text(const AnalysisSummary& s, const AnalysisInfo& info, const fs::path& folder, const std::vector<fs::path>& files) {
  std::string text = faces_text(info, folder);
  if (!text.empty()) text += "\n";
  text += fmt::format("looked at {} picture{} and {} video{}: {} frames, {} with faces, {} faces", s.pictures, s.pictures == 1 ? "" : "s", s.videos,
                      s.videos == 1 ? "" : "s", with_commas(s.frames), with_commas(s.frames_with_faces), with_commas(s.faces));
  if (s.people > 0) text += fmt::format(", {} people", s.people);
  text += fmt::format("\ntime      {:.1f} s, {:.1f} frames/s\n", s.seconds, static_cast<double>(s.frames) / std::max(s.seconds, 1e-9));
  if (s.faces > 0 && !info.class_names.empty()) text += fmt::format("faces     {}; {} uncertain\n", counts_text(s, info), with_commas(s.uncertain));
  for (const auto& file : files) text += "wrote     " + file.string() + "\n";
  if (s.failed > 0) text += fmt::format("FAILED    {} of {} files\n", s.failed, s.sources);
  return text;
}

/// Rows on stdout while they come.
LiveOutput live_output(const Session& session) {
  LiveOutput live;
  live.format = session.json() ? "jsonl" : session.csv() ? "csv" : "";
  live.descriptor = STDOUT_FILENO;
  return live;
}

int run_analyze(Session& session, AnalyzeArguments& a) {
  AnalysisJob job = a.resume.empty() ? new_job(session, a) : load_job(a.resume);
  OpenFolder open;
  if (!a.resume.empty()) open = resumed_folder(job, a.resume);
  const auto progress = make_progress(session, false);
  if (a.resume.empty()) refuse_absent_sources(job);
  // Whatever can be refused is refused before there is a folder: the models are loaded, and the face at rest is found.
  FaceWorkers workers(job.options.faces);
  if (a.resume.empty() && !job.options.faces.baseline.empty()) job.neutral = neutral_face_in(job.options.faces.baseline, workers, *progress);
  if (a.resume.empty()) open = create_folder(session, job, a, *progress);
  const fs::path& folder = open.path;
  if (const std::string removed = open.held->leftovers().text(); !removed.empty()) progress->info(removed);
  const auto start = std::chrono::steady_clock::now();
  progress->info(models_text(job.options.faces));
  AnalysisInfo info;
  try {
    info = look_at_sources(job, workers, folder, *progress, session.stop, live_output(session));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) suggest_next("mien analyze --resume " + shell_word(folder.string()));
    throw;
  }
  AnalysisSummary summary = summarize(job, info, folder);
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (const auto& [source, reason] : summary.failures) progress->warn(reason.find(source) == std::string::npos ? source + ": " + reason : reason);
  if (!job.left_out.empty() && session.csv()) progress->warn(left_out_text(job.left_out));
  auto files = write_formats(job, info, folder, *progress);
  if (job.annotate)
    for (const auto& file : write_annotated(job, info, folder, *progress, session.stop)) files.push_back(file);
  if (session.json()) print_result(json_text(as_json(job, summary, info, folder, files)));
  else if (!session.csv()) print_result(as_text(summary, info, folder, files) + (job.left_out.empty() ? "" : left_out_text(job.left_out) + "\n"));
  return summary.failed == 0 && !(a.strict && any_lost(job.left_out)) ? 0 : 1;
}

}  // namespace

void add_analyze_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("analyze", "Faces, expressions and people in pictures, folders, videos or a camera. --format json or csv prints rows as they come");
  auto a = std::make_shared<AnalyzeArguments>();
  command->add_option("inputs", a->inputs, "Pictures, videos, folders, patterns such as 'day1/*.mp4', camera:0, or - for a list on stdin");
  describe(a->options, a->table);
  a->flags = std::make_unique<OptionFlags>(*command, a->table);
  command->add_option("-o,--output", a->output, "Folder for the results; default runs/analysis/NAME")->type_name("FOLDER")->check(refuse_flag_as_value);
  command->add_option("--formats", a->formats, "What to write beside results.jsonl: csv, html, openface, pyfeat, deepface; default csv,html")->delimiter(',');
  command->add_flag("--annotate", a->annotate, "Also write copies of the pictures and videos with the faces drawn in; sound is kept");
  command->add_flag("--strict", a->strict, "Exit with 1 when something below the folders was left out");
  command->add_option("--resume", a->resume, "Go on with the analysis in this folder; all other flags are taken from there")
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->callback([&session, a] { session.action = [&session, a] { return run_analyze(session, *a); }; });
}

}  // namespace mien::cli
