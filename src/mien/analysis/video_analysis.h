// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>

#include "mien/analysis/face_worker.h"
#include "mien/analysis/people.h"
#include "mien/base/progress.h"
#include "mien/video/video_reader.h"

namespace mien {

/// Where in a video an analysis stands: tracking starts anew every so many frames, so that a later run can go on from there and give the same
/// answers; people keep their numbers across.
struct VideoPosition {
  std::int64_t analysed = 0;     ///< frames done
  std::int64_t last_frame = -1;  ///< number of the last one
  double last_time_s = 0;
};

/// Frames between two places where tracking starts anew: a multiple of the detector's interval.
std::int64_t restart_interval(const StreamOptions& options);

/// Takes each finished frame, in order, with its picture. `position` is a place to go on from after this frame, or null.
using TakeFrame = std::function<void(FrameResult&& frame, const cv::Mat& image_rgb, const VideoPosition* position)>;

/// Goes through a video: decoding, detection, following and description of several frames overlap on up to `threads` threads; memory does not
/// grow with the video's length. Frames up to `start.last_frame` are passed over. Returns what reading threw before the video's regular end,
/// or null: every frame before it was taken, however many threads work. A frame on which a model or a library fails is taken with that as
/// its error, and the next one goes on. Throws Error{interrupted} when `stop` is requested, and what `take` throws.
[[nodiscard]] std::exception_ptr analyze_video(VideoReader& reader, const std::string& source, FaceWorkers& workers, People& people, const AnalysisOptions& options,
                   const VideoPosition& start, int threads, const StopFlag& stop, const TakeFrame& take);

}  // namespace mien
