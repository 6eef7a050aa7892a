// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mien {

/// results.csv of a run: one row an epoch, named columns.
struct TrainingHistory {
  std::vector<std::string> columns;  ///< e.g. epoch, lr, train/loss, train/cross_entropy, valid/accuracy, ...
  std::vector<std::vector<double>> rows;
};
/// Values that are not numbers (a validation that did not run) are empty fields.
TrainingHistory read_history(const std::filesystem::path& results_csv);
void write_history(const TrainingHistory& history, const std::filesystem::path& results_csv);

/// curves.png (loss, accuracy, learning rate over epochs; gnuplot) and report.html (interactive curves, configuration,
/// pictures found beside it, facts) from a run folder. They only show what results.csv has: what cannot be written is left out, and
/// the returned text says why ("" = all written). `gnuplot` is the program's name or path.
std::string write_training_report(const std::filesystem::path& run_folder, const TrainingHistory& history,
                                  const std::vector<std::pair<std::string, std::string>>& facts,
                                  const std::string& gnuplot = "gnuplot");

/// Appends scalars to a TensorBoard event file (TFRecord framing with masked CRC-32C, Event protocol messages).
class TensorBoardWriter {
 public:
  /// Creates or continues `folder`/events.out.tfevents.*; steps already written up to a resume point are not repeated:
  /// a value is skipped when the file already has one of its tag for this step or a later one. A record cut short by a
  /// crash is removed. Throws Error{io}.
  explicit TensorBoardWriter(const std::filesystem::path& folder);
  ~TensorBoardWriter();
  TensorBoardWriter(const TensorBoardWriter&) = delete;
  TensorBoardWriter& operator=(const TensorBoardWriter&) = delete;
  void scalar(const std::string& tag, double value, std::int64_t step);
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
