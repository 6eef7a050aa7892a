// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "mien/analysis/analysis_run.h"
#include "mien/results/result_writer.h"

namespace mien {

/// What is written while results come, beside results.jsonl: the stream of a LiveOutput, and the report when the job looks through a camera,
/// whose pictures are not to be had later.
class LiveResults {
 public:
  LiveResults(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder, Progress& progress, const LiveOutput& output);
  /// Takes the results that an earlier call left in results.jsonl.
  void replay(const std::filesystem::path& jsonl);
  /// `image_rgb` is needed for frames of cameras only.
  void write(const FrameResult& result, const cv::Mat& image_rgb);
  void finish();

 private:
  /// A report that cannot be made is left out with a warning: nothing that was measured depends on it.
  template <typename Work>
  void on_report(const Work& work);

  Progress& progress_;
  std::unique_ptr<ResultWriter> stream_, report_;  ///< null = not asked for
};

/// The report of this job is written by LiveResults.
bool report_is_live(const AnalysisJob& job);
/// The file of a format in the folder of an analysis.
WriterTarget target_in(const std::filesystem::path& folder, const std::string& format);

}  // namespace mien
