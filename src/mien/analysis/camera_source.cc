// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/camera_source.h"

#include <algorithm>

namespace mien {
namespace {

constexpr double usual_frames_per_second = 25;

class ContinuedCamera : public VideoReader {
 public:
  ContinuedCamera(std::unique_ptr<VideoReader> camera, std::int64_t first_number, double first_time_s)
      : camera_(std::move(camera)), first_number_(first_number), first_time_s_(first_time_s) {}
  const VideoInfo& info() const override { return camera_->info(); }
  std::int64_t damaged() const override { return camera_->damaged(); }
  std::optional<VideoFrame> next() override {
    auto frame = camera_->next();
    if (frame) {
      frame->number += first_number_;
      frame->time_s += first_time_s_;
    }
    return frame;
  }

 private:
  std::unique_ptr<VideoReader> camera_;
  std::int64_t first_number_;
  double first_time_s_;
};

}  // namespace

std::unique_ptr<VideoReader> open_camera_source(const OpenCamera& open, const std::string& name, const StreamOptions& stream,
                                                const VideoPosition& start) {
  VideoOptions options;
  options.every = stream.every;
  options.from_s = std::max(0.0, stream.from_s - start.last_time_s);
  if (stream.to_s >= 0) options.to_s = std::max(0.0, stream.to_s - start.last_time_s);
  auto camera = open(name, options);
  if (start.analysed == 0) return camera;
  const double rate = camera->info().frames_per_second > 0 ? camera->info().frames_per_second : usual_frames_per_second;
  return std::make_unique<ContinuedCamera>(std::move(camera), start.last_frame + stream.every,
                                           start.last_time_s + static_cast<double>(stream.every) / rate);
}

}  // namespace mien
