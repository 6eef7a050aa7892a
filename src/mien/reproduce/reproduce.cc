// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/reproduce.h"

#include <fmt/format.h>

#include <map>

#include "mien/base/any_error.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/output_folder.h"
#include "mien/base/stoppable_progress.h"
#include "mien/base/text.h"
#include "mien/reproduce/catalogue.h"
#include "mien/reproduce/folder_settings.h"
#include "mien/reproduce/study_files.h"

namespace mien {
namespace {

/// A training that was killed before it had written its configuration leaves a folder without files, which would make the next
/// one go to another place.
void remove_empty_run(const fs::path& folder) {
  if (!fs::is_directory(folder) || fs::exists(folder / "config.toml")) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory() && !entry.path().filename().string().starts_with("config.toml"))
      throw Error(ErrorCode::bad_data, fmt::format("{}: has files but no config.toml, so it is no run", folder.string()),
                  "Remove it or give another --output.");
  fs::remove_all(folder);
}

/// runs/NAME/weights: where a training that was killed leaves its unfinished files.
constexpr int levels_below = 3;

/// Errors that every further run would meet, too.
bool stops_everything(ErrorCode code) { return code == ErrorCode::interrupted || code == ErrorCode::io; }

/// One reproduction.
class Reproduction {
 public:
  Reproduction(const Study& study, const ReproduceRequest& request, const ProgramInfo& program, const RunWorkers& workers,
               Progress& progress, const StopFlag& stop)
      : study_(study),
        request_(request),
        workers_(workers),
        progress_(progress),
        stop_(stop),
        facts_(look_at_data(study, request)),
        runs_(plan_runs(study, request, facts_)) {
    const StudyScale& scale = scale_named(study, request.scale);
    heading_ = {study.name,
                study.title,
                study.source,
                scale.name,
                scale.summary,
                request.data,
                facts_.format,
                facts_.test_split,
                request.seeds > 0 ? request.seeds : scale.seeds,
                runs_.front().config.select,
                program.command,
                study.level_title,
                validation_text(runs_.front().config.validation, facts_)};
  }

  StudyTable run() {
    check_initial_weights();
    const OutputFolder folder(request_.output, levels_below, &progress_);
    write_folder_settings(request_);
    progress_.info(
        fmt::format("{}, scale {}: {} runs; {}: {}", study_.name, request_.scale, runs_.size(), request_.data, facts_.summary));
    StudyTable table = write();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!open(runs_[i])) continue;
      if (stop_.requested()) throw Error(ErrorCode::interrupted, "interrupted", go_on());
      work(i);
      table = write();
    }
    return table;
  }

 private:
  bool open(const PlannedRun& run) const {
    if (run.state == RunState::scored) return !open_tests(run).empty();
    return run.state != RunState::failed || request_.retry_failed;
  }

  static fs::path folder_of(const PlannedRun& run, const OtherTest& other) {
    return run.folder / other_tests_folder / other.name;
  }

  std::vector<OtherTest> open_tests(const PlannedRun& run) const {
    std::vector<OtherTest> open;
    for (const auto& other : facts_.others)
      if (!fs::exists(folder_of(run, other) / "report.json")) open.push_back(other);
    return open;
  }

  /// A wrong path is found before the first run and not after hours.
  void check_initial_weights() const {
    for (const auto& run : runs_)
      if (const std::string& file = run.config.weights; run.state == RunState::absent && !file.empty() && !fs::exists(file))
        throw Error(ErrorCode::not_found, fmt::format("{}: no such file, the initial weights of {}", file, study_.rows[run.row].key),
                    "Give the path with --set weights=FILE, or --set ROWS:weights=FILE for some rows.");
  }

  void work(std::size_t i) {
    PlannedRun& run = runs_[i];
    const std::string name = fmt::format("{}, seed {}", study_.rows[run.row].key, run.seed);
    progress_.info(fmt::format("run {} of {}: {}{}", i + 1, runs_.size(), name, time_left(i)));
    const std::string prefix = fmt::format("[{}/{} {}] ", i + 1, runs_.size(), run.folder.filename().string());
    try {
      train(run, prefix);
      if (run.state != RunState::scored) score(scoring_of(run, request_, facts_), run.folder / test_folder, prefix);
      for (const auto& other : open_tests(run)) score_on(other, run, prefix);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) {
        write();
        throw Error(ErrorCode::interrupted, fmt::format("interrupted in run {} of {} ({})", i + 1, runs_.size(), name), go_on());
      }
      if (stops_everything(error.code())) throw;
      fail(run, error.what());
    } catch (...) {
      fail(run, to_error(std::current_exception()).what());
    }
    run.state = read_run_record(run.folder, run.config.select).state;
  }

  void check_teacher(const PlannedRun& run) const {
    if (run.teacher.empty()) return;
    const RunState state = read_run_record(run.teacher, run.config.select).state;
    if (state != RunState::trained && state != RunState::scored)
      throw Error(ErrorCode::not_found, fmt::format("its teacher {} is not trained ({})", run.teacher.filename().string(), to_text(state)));
  }

  void train(const PlannedRun& run, const std::string& prefix) {
    if (run.state == RunState::trained || run.state == RunState::scored) return;
    check_teacher(run);
    PrefixedProgress progress(progress_, prefix);
    if (run.state == RunState::failed) fs::remove_all(run.folder);
    remove_empty_run(run.folder);
    if (run.state == RunState::started)
      workers_.resume(run.folder, progress, stop_);
    else
      workers_.train(run.config, progress, stop_);
  }

  /// `folder` is there as a whole or not at all.
  void score(const EvaluateConfig& config, const fs::path& folder, const std::string& prefix) {
    StoppableProgress progress(progress_, prefix, stop_);
    const fs::path unfinished = folder.parent_path() / (unfinished_prefix + folder.filename().string());
    fs::remove_all(unfinished);
    fs::create_directories(unfinished);
    workers_.score(config, unfinished, progress);
    fs::remove_all(folder);
    fs::rename(unfinished, folder);
  }

  /// What goes wrong here takes nothing from the run's own score.
  void score_on(const OtherTest& other, const PlannedRun& run, const std::string& prefix) {
    try {
      score(scoring_of(run, request_, other), folder_of(run, other), prefix);
    } catch (...) {
      const Error error = to_error(std::current_exception());
      if (stops_everything(error.code())) throw;
      other_failures_.push_back(fmt::format("{} could not be scored on {}: {}", run.folder.filename().string(), other.name, error.what()));
      progress_.warn(other_failures_.back());
    }
  }

  void fail(const PlannedRun& run, const std::string& reason) {
    failures_[run.folder] = reason;
    progress_.warn(fmt::format("{} failed and is passed over: {}", run.folder.filename().string(), reason));
  }

  /// From the training times of the finished runs: of the same row where there is one, else of all.
  std::string time_left(std::size_t from) const {
    std::map<std::size_t, std::vector<double>> by_row;
    std::vector<double> all;
    for (const auto& run : runs_)
      if (run.state == RunState::scored) {
        all.push_back(read_run_record(run.folder, run.config.select).seconds);
        by_row[run.row].push_back(all.back());
      }
    if (all.empty()) return "";
    double seconds = 0;
    for (std::size_t i = from; i < runs_.size(); ++i) {
      if (!open(runs_[i]) || runs_[i].state == RunState::scored) continue;
      const auto same = by_row.find(runs_[i].row);
      seconds += summarize(same != by_row.end() ? same->second : all).mean;
    }
    if (seconds == 0) return "";
    return fmt::format(", about {} of training left", human_duration(seconds));
  }

  /// All runs of the study that exist or are asked for; with --only the other rows keep what they have.
  std::vector<std::vector<SeedRun>> all_runs() const {
    std::vector<std::vector<SeedRun>> result(study_.rows.size());
    for (std::size_t row = 0; row < study_.rows.size(); ++row)
      for (std::int64_t seed = 1;; ++seed) {
        const fs::path folder = run_folder(request_, study_.rows[row], seed);
        if (seed > heading_.seeds && !fs::exists(folder / "config.toml")) break;
        SeedRun run{seed, folder, read_run_record(folder, heading_.select)};
        if (const auto failed = failures_.find(folder); failed != failures_.end()) {
          run.record.state = RunState::failed;
          run.record.reason = failed->second;
        }
        result[row].push_back(std::move(run));
      }
    return result;
  }

  StudyTable write() {
    StudyTable table = make_study_table(study_, heading_, all_runs());
    table.failed += static_cast<std::int64_t>(other_failures_.size());
    table.notes.insert(table.notes.begin(), other_failures_.begin(), other_failures_.end());
    const std::string note = write_study_files(table, request_.output / study_.name, workers_.gnuplot);
    if (!note.empty() && !noted_) progress_.warn(note);
    noted_ = noted_ || !note.empty();
    return table;
  }

  static std::string go_on() { return "The same command goes on where this one stopped."; }

  const Study& study_;
  const ReproduceRequest& request_;
  const RunWorkers& workers_;
  Progress& progress_;
  const StopFlag& stop_;
  DataFacts facts_;
  std::vector<PlannedRun> runs_;
  StudyHeading heading_;
  std::map<fs::path, std::string> failures_;  ///< of this call
  std::vector<std::string> other_failures_;   ///< of this call, as sentences
  bool noted_ = false;
};

}  // namespace

StudyTable reproduce(const Study& study, const ReproduceRequest& request, const ProgramInfo& program, const RunWorkers& workers,
                     Progress& progress, const StopFlag& stop) {
  if (request.output.empty())
    throw Error(ErrorCode::usage, "no folder for the runs and tables", "Name one with --output FOLDER.");
  return Reproduction(study, request, program, workers, progress, stop).run();
}

}  // namespace mien
