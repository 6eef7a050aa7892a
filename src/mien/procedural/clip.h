// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

struct ClipOptions {
  int width = 1280, height = 720;
  double duration_s = 12;  ///< afterwards everything begins again
  int people = 2;          ///< 1 or 2
  double noise = 0.5;      ///< as in ProceduralOptions, of the light and the sensor
};

/// One person of a clip's frame with the exact ground truth.
struct ClipPerson {
  int person = 0;                                  ///< 0, 1: the same in all frames of a clip
  std::string identity;                            ///< name of the drawn person
  std::vector<cv::Point2f> landmarks;              ///< 68 points in pixels of the frame; some may lie outside of it
  bool inside = true;                              ///< all of them lie inside
  std::vector<float> action_units;                 ///< [18] intensities 0..5
  std::vector<float> distribution;                 ///< [8] emotion distribution, FER+ order
  int label = 0;                                   ///< its argmax
  float yaw_deg = 0, pitch_deg = 0, roll_deg = 0;  ///< signs as in ProceduralFace
};

struct ClipFrame {
  cv::Mat image;                   ///< CV_8UC3, RGB
  std::vector<ClipPerson> people;  ///< those of whom at least one landmark is in the frame, by number
};

/// The frame at `time_s` of a drawn clip: people behind a counter in a room, who look around, blink, and go through neutral,
/// happiness, surprise and back; the second person leaves to the right between 35 % and 45 % of the duration and comes back
/// between 60 % and 70 %. A pure function of its arguments, so every frame rate shows the same scene. Throws Error{usage} for
/// options out of range.
ClipFrame draw_clip(std::uint64_t seed, double time_s, const ClipOptions& options = {});

}  // namespace mien
