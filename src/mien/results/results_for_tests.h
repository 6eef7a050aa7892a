// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mien/results/result_writer.h"
#include "mien/base/files.h"

namespace mien::testing {

inline constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

inline AnalysisInfo three_classes() {
  AnalysisInfo info;
  info.class_names = {"neutral", "happiness", "contempt"};
  return info;
}

/// Point i at (i, 2 i + 0.5).
inline Points ramp_landmarks() {
  Points points;
  for (int i = 0; i < 68; ++i) points.emplace_back(static_cast<float>(i), 2 * static_cast<float>(i) + 0.5F);
  return points;
}

/// A face with a value in every field.
inline FaceResult full_face() {
  FaceResult face;
  face.identity = 3;
  face.box = {10.123F, 20.5F, 30, 40.25F};
  face.score = 0.98768F;
  face.landmarks = ramp_landmarks();
  face.pose.yaw_deg = 10.126;
  face.pose.pitch_deg = -5;
  face.pose.roll_deg = 2.5;
  face.pose.translation_mm = {1, -2, 600.04};
  face.pose.reprojection_error_px = 1.23456;
  face.quality = {55.5, 0.9, 1, 0.75, 0.75};
  face.label = 1;
  face.probabilities = {0.25F, 0.65F, 0.1F};
  return face;
}

inline FrameResult frame_of(std::string source, std::vector<FaceResult> faces = {}, bool video = false, std::int64_t number = 0,
                            double time_s = 0) {
  FrameResult frame;
  frame.source = std::move(source);
  frame.video = video;
  frame.frame = number;
  frame.time_s = time_s;
  frame.width = 640;
  frame.height = 480;
  frame.faces = std::move(faces);
  return frame;
}

inline FrameResult failed_frame(std::string source, std::string error) {
  FrameResult frame;
  frame.source = std::move(source);
  frame.error = std::move(error);
  return frame;
}

/// The text of a file after writing these frames.
inline std::string written(const std::string& format, const std::vector<FrameResult>& frames, const AnalysisInfo& info,
                           bool landmarks = true) {
  const TemporaryFolder folder;
  const auto file = folder.path() / (format == "openface" ? "out.csv" : "out");
  const auto writer = make_result_writer({format, file, -1, landmarks}, info);
  for (const auto& frame : frames) writer->write(frame, {});
  writer->finish();
  return read_text(file);
}

}  // namespace mien::testing
