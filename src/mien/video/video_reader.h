// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mien {

struct VideoInfo {
  int width = 0, height = 0;     ///< as displayed: rotation and pixel aspect ratio applied
  double frames_per_second = 0;  ///< average; 0 = unknown
  std::int64_t frames = -1;      ///< estimated from the container; -1 = unknown (cameras)
  double duration_s = 0;         ///< 0 = unknown
  std::string codec, pixel_format;
  bool has_audio = false;
};

struct VideoFrame {
  std::int64_t number = 0;  ///< 0-based, counted over all frames of the stream
  double time_s = 0;  ///< presentation time stamp of the container, 0 = start of the stream; true with variable frame rates too
  cv::Mat image;      ///< CV_8UC3 RGB, the caller's own
};

struct VideoOptions {
  double from_s = 0;       ///< first time wanted; frames before are skipped (by seeking where possible, numbers stay right)
  double to_s = -1;        ///< frames at or after this time are not read; < 0 = to the end
  std::int64_t every = 1;  ///< only frames whose number is a multiple of this are converted and returned
  int threads = 1;         ///< decoding threads
};

/// Reads a video file or a camera frame by frame in presentation order, in constant memory.
class VideoReader {
 public:
  virtual ~VideoReader() = default;
  virtual const VideoInfo& info() const = 0;
  /// The next frame, or none at the end. A damaged part is skipped and counted; Error{bad_file} only when nothing more can be
  /// read although the file promises more.
  virtual std::optional<VideoFrame> next() = 0;
  virtual std::int64_t damaged() const = 0;  ///< packets that could not be decoded so far
};

/// Throws Error{not_found}, Error{bad_file} with file and reason (not a video, no video stream, audio only, zero frames, no
/// decoder).
std::unique_ptr<VideoReader> open_video(const std::filesystem::path& file, const VideoOptions& options = {});
/// "camera:0" or "camera:/dev/video0" (Video4Linux); times count from the first frame. Throws Error{not_found} listing the
/// cameras present.
std::unique_ptr<VideoReader> open_camera(const std::string& name, const VideoOptions& options = {});

/// True for names that end in a usual video extension (mp4, mov, mkv, avi, webm, mts, m2ts, mxf, vob, ...; any case). A hint only:
/// open_video() goes by content and takes every container that the installed libavformat opens, play lists aside.
bool has_video_extension(const std::filesystem::path& file);

/// "" when the file's content is a video whose first frame can be decoded, whatever its name; else why not.
std::string why_no_video(const std::filesystem::path& file);

}  // namespace mien
