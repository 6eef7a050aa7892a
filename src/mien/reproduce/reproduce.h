// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/eval/evaluate.h"
#include "mien/reproduce/configure.h"
#include "mien/reproduce/study_table.h"
#include "mien/train/train.h"

namespace mien {

/// What trains and scores. Each throws as `train`, `resume_training` and `evaluate` do. `score` writes an evaluation's files
/// (report/evaluation_report.h) into a folder.
struct RunWorkers {
  std::function<void(const TrainConfig&, Progress&, const StopFlag&)> train;
  std::function<void(const std::filesystem::path& run_folder, Progress&, const StopFlag&)> resume;
  std::function<void(const EvaluateConfig&, const std::filesystem::path& folder, Progress&)> score;
  std::string gnuplot = "gnuplot";  ///< name or path of the program that draws
};
/// mien's trainer and evaluation.
RunWorkers run_workers(const ProgramInfo& program);

/// One training of a study.
struct PlannedRun {
  std::size_t row = 0;  ///< in the study
  std::int64_t seed = 1;
  std::filesystem::path folder;
  TrainConfig config;
  RunState state = RunState::absent;
  std::filesystem::path teacher{};  ///< run folder that must be finished before; empty = none
};

/// The runs in their order: the first seed of every row, then the second, so that an interrupted table is balanced; a teacher
/// before its students, also when only these are asked for. Throws
/// Error{mismatch} when a run folder, or the output folder as a whole, belongs to other settings; the message names them.
std::vector<PlannedRun> plan_runs(const Study& study, const ReproduceRequest& request, const DataFacts& facts);

/// How the weights of a run are scored: its best epoch on the test split, without the images that validated.
EvaluateConfig scoring_of(const PlannedRun& run, const ReproduceRequest& request, const DataFacts& facts);

/// How they are scored on another data set, whose classes are mapped to the weights' by name.
EvaluateConfig scoring_of(const PlannedRun& run, const ReproduceRequest& request, const OtherTest& other);

/// Trains, goes on with or passes over every run, scores each once (on every data set), and writes <output>/<study>/ anew after each
/// (study_files.h). A run that fails is listed and does not stop the others; an interruption and errors of the system do.
/// The table has every seed that is there, also those of earlier requests.
StudyTable reproduce(const Study& study, const ReproduceRequest& request, const ProgramInfo& program, const RunWorkers& workers,
                     Progress& progress, const StopFlag& stop);

}  // namespace mien
