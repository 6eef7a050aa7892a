// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/identity.h"

#include <algorithm>
#include <array>

#include "mien/base/random.h"

namespace mien::procedural {

namespace {

constexpr std::uint64_t kStream = 0x1DE47177;

/// Normal around `mean`, cut at two deviations.
double about(Random& random, double mean, double deviation) { return mean + deviation * std::clamp(random.normal(), -2.0, 2.0); }

template <std::size_t N>
Color pick(Random& random, const std::array<Color, N>& colors, double spread) {
  Color color = colors[static_cast<std::size_t>(random.integer(N))];
  const double light = random.uniform(1 - spread, 1 + spread);
  for (int c = 0; c < 3; ++c)
    color[c] = static_cast<float>(std::clamp(color[c] * light * random.uniform(0.97, 1.03), 8.0, 250.0));
  return color;
}

/// From light to dark; neighbours are blended, so that tones fill the range.
Color draw_skin(Random& random) {
  static const std::array<Color, 7> tones = {Color(246, 216, 197), Color(236, 196, 168), Color(224, 178, 142),
                                             Color(203, 152, 114), Color(172, 120, 84),  Color(133, 88, 61),
                                             Color(96, 64, 47)};
  const double place = random.uniform() * (tones.size() - 1.001);
  const auto i = static_cast<std::size_t>(place);
  return mix(tones[i], tones[i + 1], place - static_cast<double>(i));
}

Color draw_hair_color(Random& random, double age_01, const Color& skin) {
  static const std::array<Color, 7> colors = {Color(28, 24, 24),  Color(48, 34, 28),   Color(78, 52, 36),   Color(112, 76, 48),
                                              Color(140, 72, 40), Color(186, 146, 90), Color(214, 184, 128)};
  const std::int64_t choices = skin[0] < 190 ? 3 : static_cast<std::int64_t>(colors.size());
  const Color natural =
      colors[static_cast<std::size_t>(random.integer(choices))] * static_cast<float>(random.uniform(0.85, 1.15));
  const double gray = std::clamp((age_01 - 0.6) * 2.2, 0.0, 0.9) * random.uniform(0.4, 1.0);
  return mix(natural, Color(178, 176, 174), gray);
}

void draw_shape(Random& random, Identity& id, bool soft) {
  id.face_width = about(random, 0.9, 0.035);
  id.jaw_width = id.face_width * about(random, soft ? 0.79 : 0.85, 0.03);
  id.chin_width = about(random, soft ? 0.31 : 0.37, 0.035);
  id.chin_y = about(random, soft ? 1.46 : 1.54, 0.05);
  id.forehead = about(random, 1.15, 0.04);
  id.eye_x = id.face_width * about(random, 0.465, 0.01);
  id.eye_width = about(random, soft ? 0.205 : 0.195, 0.008);
  id.eye_open = about(random, soft ? 0.1 : 0.09, 0.008);
  id.eye_tilt = about(random, 0.018, 0.014);
  id.iris_radius = about(random, 0.1, 0.004);
  id.lid_crease = random.chance(0.2) ? 0 : about(random, 0.05, 0.008);
  id.brow_y = about(random, soft ? 0.33 : 0.3, 0.018);
  id.brow_arch = about(random, soft ? 0.07 : 0.05, 0.018);
  id.brow_thick = about(random, soft ? 0.036 : 0.05, 0.007);
  id.brow_length = id.face_width * about(random, 0.285, 0.012);
  id.nose_y = about(random, 0.6, 0.03);
  id.nose_width = about(random, soft ? 0.185 : 0.21, 0.018);
  id.mouth_y = id.nose_y + about(random, 0.35, 0.018);
  id.mouth_width = about(random, 0.33, 0.02);
  id.lip_upper = about(random, soft ? 0.075 : 0.06, 0.011);
  id.lip_lower = about(random, soft ? 0.11 : 0.092, 0.013);
}

void draw_style(Random& random, Identity& id, bool soft) {
  using enum HairStyle;
  static const std::array<HairStyle, 6> long_hair = {bangs, bob, long_straight, curly, tied_back, side_part};
  static const std::array<HairStyle, 6> short_hair = {cropped, cropped, side_part, bald, curly, side_part};
  id.hair =
      soft ? long_hair[static_cast<std::size_t>(random.integer(6))] : short_hair[static_cast<std::size_t>(random.integer(6))];
  id.parted_left = random.chance(0.5);
  const double beard = random.uniform(), glasses = random.uniform();
  if (!soft && id.age_01 > 0.12) {
    id.beard = beard < 0.2    ? Beard::stubble
               : beard < 0.28 ? Beard::moustache
               : beard < 0.36 ? Beard::goatee
               : beard < 0.48 ? Beard::full
                              : Beard::none;
  }
  id.glasses = glasses < 0.07   ? Glasses::round
               : glasses < 0.14 ? Glasses::square
               : glasses < 0.18 ? Glasses::rimless
                                : Glasses::none;
  static const std::array<Color, 5> frames = {Color(26, 26, 30), Color(96, 58, 36), Color(120, 28, 36), Color(150, 132, 90),
                                              Color(38, 52, 88)};
  id.glasses_color = id.glasses == Glasses::rimless ? Color(120, 120, 126) : pick(random, frames, 0.1);
}

void draw_colors(Random& random, Identity& id, bool soft) {
  static const std::array<Color, 6> irises = {Color(66, 42, 28),  Color(86, 56, 34),   Color(112, 86, 48),
                                              Color(84, 108, 74), Color(78, 116, 150), Color(112, 126, 138)};
  static const std::array<Color, 8> cloths = {Color(52, 64, 92), Color(128, 48, 52),  Color(60, 104, 84),  Color(206, 200, 190),
                                              Color(34, 34, 40), Color(196, 160, 72), Color(120, 96, 140), Color(86, 128, 164)};
  id.skin = draw_skin(random);
  id.hair_color = draw_hair_color(random, id.age_01, id.skin);
  id.brow_color = mix(id.hair_color * 0.8f, Color(46, 34, 30), 0.45);
  id.iris_color = id.skin[0] < 160 ? irises[0] : pick(random, irises, 0.15);
  const Color natural(id.skin[0] * 0.83f, id.skin[1] * 0.56f, id.skin[2] * 0.56f);
  static const std::array<Color, 3> lipsticks = {Color(176, 44, 62), Color(198, 82, 98), Color(138, 40, 58)};
  id.lip_color = soft && random.chance(0.4) ? mix(natural, pick(random, lipsticks, 0.1), 0.6) : natural;
  id.cloth_color = pick(random, cloths, 0.2);
}

}  // namespace

Identity draw_identity(std::uint64_t seed, std::int64_t index) {
  Random random(seed, kStream, static_cast<std::uint64_t>(index));
  Identity id;
  const std::string digits = std::to_string(index);
  id.name = "person-" + std::to_string(seed) + "-" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
  // Two overlapping ranges of facial build, so that beards and long lashes do not meet on one face.
  const bool soft = random.chance(0.5);
  id.age_01 = random.uniform();
  id.lashes_01 = soft ? random.uniform(0.55, 1.0) : random.uniform(0.1, 0.4);
  id.blush_01 = random.uniform(0.15, soft ? 0.7 : 0.45);
  draw_shape(random, id, soft);
  draw_colors(random, id, soft);
  draw_style(random, id, soft);
  id.freckles_01 = id.skin[0] > 215 && random.chance(0.2) ? random.uniform(0.3, 0.9) : 0;
  return id;
}

}  // namespace mien::procedural
