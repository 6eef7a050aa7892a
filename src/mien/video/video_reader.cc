// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/video_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "mien/base/any_error.h"
#include "mien/base/text.h"
#include "mien/video/stream_reader.h"

namespace mien {

std::unique_ptr<VideoReader> open_video(const std::filesystem::path& file, const VideoOptions& options) {
  if (options.every < 1 || options.threads < 0 || !std::isfinite(options.from_s) || std::isnan(options.to_s))
    throw Error(ErrorCode::usage, file.string() + ": every must be at least 1, threads at least 0, and times numbers");
  const auto open = [file, threads = options.threads] {
    libav::MediaFile media = libav::open_video_stream(libav::open_container(file), file.string(), threads);
    media.cut_off = libav::is_cut_off(file);
    return media;
  };
  return std::make_unique<libav::StreamReader>(open(), options, open);
}

bool has_video_extension(const std::filesystem::path& file) {
  constexpr std::array<std::string_view, 42> extensions = {
      ".mp4",  ".mov", ".mkv",  ".avi",   ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts",  ".3gp",  ".ogv",  ".flv",   ".mts",
      ".m2ts", ".m2t", ".m2v",  ".m1v",   ".mpv",  ".mxf", ".vob", ".f4v",  ".asf", ".3g2", ".divx", ".rm",   ".rmvb",  ".ogm",
      ".nut",  ".ivf", ".dv",   ".dif",   ".y4m",  ".qt",  ".wtv", ".gxf",  ".obu", ".264", ".h264", ".h265", ".mjpeg", ".mjpg"};
  return std::find(extensions.begin(), extensions.end(), to_lower(file.extension().string())) != extensions.end();
}

std::string why_no_video(const std::filesystem::path& file) {
  try {
    return open_video(file)->next() ? "" : file.string() + ": has no frame that can be decoded";
  } catch (...) {
    const Error error = to_error(std::current_exception());
    return error.what();
  }
}

}  // namespace mien
