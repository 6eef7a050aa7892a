// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mien/results/results.h"

namespace mien {

/// Takes results in order and writes them in one format. Frames of a source come together and in order.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  /// `image` is the frame's RGB picture, or empty where the caller has none (after a resume, or a file that failed). Only "html"
  /// looks at it. Throws Error{bad_data} when the parts of a result contradict each other or the AnalysisInfo, Error{io}.
  virtual void write(const FrameResult& frame, const cv::Mat& image) = 0;
  /// Everything of the sources written so far is on disk (fsync) when this returns: called at checkpoints. "html" and "openface"
  /// with a folder have nothing to flush before finish().
  virtual void flush() = 0;
  /// Finishes the files. Throws Error{io}. Without it the files are incomplete.
  virtual void finish() = 0;
  /// Length of the file once everything is flushed, what `append_after` wants; 0 for formats that cannot be continued.
  virtual std::int64_t written_bytes() const = 0;
};

/// A frame that is to be looked at again.
struct FrameAddress {
  std::string source;
  bool video = false;
  std::int64_t frame = 0;
  double time_s = 0;
};
/// The RGB picture of a frame, or an empty one when it is not to be had. Asked in the order of the results: a video needs to be
/// read forwards only, and each frame once.
using FrameFetcher = std::function<cv::Mat(const FrameAddress&)>;

/// Formats: "jsonl", "csv", "openface", "pyfeat", "deepface", "html"; docs/outputs.md describes them. `file` is the file to
/// write; for "openface" a name without ".csv" is a folder that gets one file a source.
///
/// Only "jsonl" and "csv" can be continued: with `append_after` > 0 the file is cut to that many bytes and goes on, 0 and less
/// start a new file. A run that shall survive an interruption writes "jsonl" and makes the others from it with convert_results().
struct WriterTarget {
  std::string format;
  std::filesystem::path file;
  std::int64_t append_after = -1;
  bool landmarks = true;  ///< "csv": the 136 coordinates too
  FrameFetcher fetch =
      {};  ///< "html": where pictures of faces come from when write() was given none; empty = a page without them
  int descriptor = -1;  ///< "jsonl", "csv": >= 0 = written here; `file` is then only its name, and nothing is continued
};
/// Throws Error{usage} for an unknown format or one that cannot be continued, Error{io}.
std::unique_ptr<ResultWriter> make_result_writer(const WriterTarget& target, const AnalysisInfo& info);
std::vector<std::string> result_formats();

/// Reads results back from a "jsonl" file that this program wrote, in order; a last line that is cut off is ignored. Throws
/// Error{bad_file}.
void read_results(const std::filesystem::path& jsonl, const std::function<void(const FrameResult&)>& each);

/// What the results themselves tell: class names and which measures they have.
AnalysisInfo info_of_results(const std::filesystem::path& jsonl);

/// Reads a "jsonl" file once and writes all targets: the same files, byte for byte, as writing them while the results came.
/// Throws Error{mismatch} when the file's classes are not those of `info`.
void convert_results(const std::filesystem::path& jsonl, const std::vector<WriterTarget>& targets, const AnalysisInfo& info);

}  // namespace mien
