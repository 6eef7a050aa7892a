// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "mien/base/random.h"
#include "mien/procedural/canvas.h"
#include "mien/procedural/portrait.h"

namespace mien::procedural {

/// All of a picture that is not the person.
struct Photograph {
  Color background_top{206, 210, 214}, background_bottom{184, 188, 194};
  double clutter_01 = 0;  ///< shapes behind the person
  std::uint64_t clutter_key = 0;
  Light light;
  Color gain{1, 1, 1};  ///< colour of the light
  double exposure = 1, gamma = 1;
  double blur_share = 0;   ///< blur's sigma as a share of the picture's side
  double noise_sigma = 0;  ///< of the sensor, in grey levels
  std::uint64_t noise_key = 0;
};

/// `noise` 0 = the studio's picture, 1 = the light, colour, blur, clutter and noise of everyday pictures.
Photograph draw_photograph(double noise, Random& random);

/// Fills the picture with gradient and clutter.
void paint_background(const Photograph& photo, Canvas& picture);

/// Blur, exposure, colour of the light and sensor noise, on the finished picture (CV_8UC3), in place.
void expose(const Photograph& photo, cv::Mat& image_rgb);

}  // namespace mien::procedural
