// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
extern "C" {
#include <libavdevice/avdevice.h>
}

#include <algorithm>
#include <string>
#include <vector>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/video/stream_reader.h"
#include "mien/video/video_reader.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

/// "/dev/video0", "/dev/video1", ...
std::vector<std::string> cameras_present() {
  std::vector<std::string> cameras;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/dev", ignored))
    if (entry.path().filename().string().starts_with("video")) cameras.push_back(entry.path().string());
  std::sort(cameras.begin(), cameras.end());
  return cameras;
}

std::string cameras_hint() {
  const auto cameras = cameras_present();
  return cameras.empty() ? "No camera is connected." : "Cameras present: " + join(cameras, ", ") + ".";
}

std::string device_of(const std::string& name) {
  constexpr std::string_view prefix = "camera:";
  const std::string which = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
  const bool number =
      !which.empty() && which.size() < 4 && std::all_of(which.begin(), which.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) return "/dev/video" + which;
  if (which.starts_with('/')) return which;
  throw Error(ErrorCode::usage, "'" + name + "': expected camera:NUMBER or camera:/dev/videoNUMBER", cameras_hint());
}

}  // namespace

std::unique_ptr<VideoReader> open_camera(const std::string& name, const VideoOptions& options) {
  libav::silence();
  const std::string device = device_of(name);
  std::error_code ignored;
  if (!fs::exists(device, ignored)) throw Error(ErrorCode::not_found, name + ": there is no " + device, cameras_hint());
  avdevice_register_all();
  const AVInputFormat* driver = av_find_input_format("v4l2");
  if (!driver) throw Error(ErrorCode::not_found, name + ": this FFmpeg cannot read cameras (no Video4Linux)");
  libav::forget_complaint();
  AVFormatContext* input = nullptr;
  const int status = avformat_open_input(&input, device.c_str(), driver, nullptr);
  if (status == AVERROR(EACCES))
    throw Error(ErrorCode::not_found, name + ": " + device + " may not be opened: " + libav::reason(status),
                "Add yourself to the group 'video' and log in again.");
  if (status == AVERROR(EBUSY))
    throw Error(ErrorCode::not_found, name + ": " + device + " is in use", "Close the program that uses the camera.");
  if (status < 0)
    throw Error(ErrorCode::not_found, name + ": " + device + " is no camera: " + libav::reason(status), cameras_hint());
  return std::make_unique<libav::StreamReader>(libav::open_video_stream(libav::Input(input), name, 1), options);
}

}  // namespace mien
