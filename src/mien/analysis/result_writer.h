// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mien/analysis/results.h"

namespace mien {

/// Takes results in order and writes them in one format. Frames of a source come together and in order.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  /// `image` is the frame's RGB picture, or empty where the caller has none (after a resume, or a file that failed). Writers that need no pixels ignore it.
  virtual void write(const FrameResult& frame, const cv::Mat& image) = 0;
  /// Everything of the sources written so far is on disk (fsync) when this returns: called at checkpoints.
  virtual void flush() = 0;
  /// Finishes the files. Throws Error{io}.
  virtual void finish() = 0;
};

/// Formats: "jsonl", "csv", "openface" (one CSV a video), "pyfeat", "deepface", "html". `file` is the file to write (a folder for "openface" when there
/// are several sources). With `append_after` >= 0 the file is cut to that many bytes (see `written_bytes`) and continued.
struct WriterTarget {
  std::string format;
  std::filesystem::path file;
  std::int64_t append_after = -1;
};
std::unique_ptr<ResultWriter> make_result_writer(const WriterTarget& target, const AnalysisInfo& info);
std::vector<std::string> result_formats();

/// Reads results back from a "jsonl" file that this program wrote, in order; a last line that is cut off is ignored. Throws Error{bad_file}.
void read_results(const std::filesystem::path& jsonl, const std::function<void(const FrameResult&)>& each);

}  // namespace mien
