// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <memory>

namespace mien {

struct VideoWriterOptions {
  int width = 0, height = 0;           ///< of the frames that will come
  double frames_per_second = 25;       ///< nominal
  std::filesystem::path audio_from{};  ///< copy this file's audio tracks unchanged; empty = none
  int quality = 23;                    ///< H.264's constant rate factor: lower is better and larger
};

/// Writes H.264 (or the best encoder present) in MP4 or MKV with the time stamps it is given; variable rates are kept.
class VideoWriter {
 public:
  virtual ~VideoWriter() = default;
  /// CV_8UC3 RGB; times must grow.
  virtual void write(const cv::Mat& image, double time_s) = 0;
  /// Finishes the file (written under a temporary name until here). Throws Error{io}.
  virtual void finish() = 0;
};
std::unique_ptr<VideoWriter> create_video(const std::filesystem::path& file, const VideoWriterOptions& options);

}  // namespace mien
