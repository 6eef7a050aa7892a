// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/reproduce.h"

namespace mien {

RunWorkers run_workers(const ProgramInfo& program) {
  RunWorkers workers;
  const auto tell = [](const TrainOutcome& outcome, Progress& progress) {
    if (!outcome.notes.empty()) progress.warn(outcome.notes);
  };
  workers.train = [=](const TrainConfig& config, Progress& progress, const StopFlag& stop) {
    tell(train(config, program, progress, stop), progress);
  };
  workers.resume = [=](const std::filesystem::path& folder, Progress& progress, const StopFlag& stop) {
    tell(resume_training(folder, program, progress, stop), progress);
  };
  workers.score = [=](const EvaluateConfig& config, const std::filesystem::path& folder, Progress& progress) {
    EvaluationResult result = evaluate(config, progress);
    result.facts.emplace_back("command", program.command);
    result.facts.emplace_back("commit", program.commit);
    if (const std::string note = write_evaluation_report(result, folder); !note.empty()) progress.warn(note);
  };
  return workers;
}

}  // namespace mien
