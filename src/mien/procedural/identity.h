// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/procedural/canvas.h"

namespace mien::procedural {

enum class HairStyle { bald, cropped, side_part, bangs, bob, long_straight, curly, tied_back };
enum class Beard { none, stubble, moustache, goatee, full };
enum class Glasses { none, round, square, rimless };

/// What does not change when a person's expression does. Lengths are model units: the pupils lie about 0.84 apart, y points
/// down from the line through the eye centres, x to the right of the picture.
struct Identity {
  std::string name;

  double face_width = 0.9;   ///< half width at the cheek bones
  double jaw_width = 0.74;   ///< half width at the jaw angles
  double chin_width = 0.33;  ///< half width of the chin
  double chin_y = 1.5;
  double forehead = 1.15;  ///< height of the skin outline above the eyes

  double eye_x = 0.42;     ///< distance of an eye's centre from the middle
  double eye_width = 0.2;  ///< half width
  double eye_open = 0.09;  ///< from the line between the corners up to the upper lid
  double eye_tilt = 0.02;  ///< how much higher the outer corner lies than the inner one
  double iris_radius = 0.098;
  double lid_crease = 0.05;  ///< distance of the crease above the lid; 0 = single lid

  double brow_y = 0.3;  ///< height above the eyes
  double brow_arch = 0.06;
  double brow_thick = 0.045;  ///< half thickness
  double brow_length = 0.27;  ///< half length

  double nose_y = 0.62;     ///< its base
  double nose_width = 0.2;  ///< half width at the wings
  double mouth_y = 0.96;
  double mouth_width = 0.33;                 ///< half width
  double lip_upper = 0.07, lip_lower = 0.1;  ///< thickness of the red parts

  double age_01 = 0.3;  ///< strength of permanent lines
  double lashes_01 = 0.4;
  double blush_01 = 0.3;
  double freckles_01 = 0;

  Color skin, hair_color, brow_color, iris_color, lip_color, cloth_color;
  HairStyle hair = HairStyle::cropped;
  Beard beard = Beard::none;
  Glasses glasses = Glasses::none;
  Color glasses_color;
  bool parted_left = false;  ///< side of the parting
};

/// Person `index` of the data set `seed`; a pure function of both.
Identity draw_identity(std::uint64_t seed, std::int64_t index);

}  // namespace mien::procedural
