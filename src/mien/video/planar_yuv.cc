// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/planar_yuv.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mien/image/simd.h"

namespace mien::libav {

namespace {

constexpr int kShift = 20;  ///< largest sum: about 2.2 * 256 + 1.17 * 239 times 2^20, half of what 32 bits hold
/// Interpolated chroma is kept in sixteenths: two bits of each direction.
constexpr int kChromaUnit = 16;

/// rgb = (luma * (y - black) + chroma terms) >> kShift, for samples of any depth.
struct Coefficients {
  std::int32_t highest;  ///< sample; damaged files have words with more bits
  std::int32_t black, luma, neutral, red_from_v, green_from_u, green_from_v, blue_from_u;
};

Coefficients coefficients(const PlanarYuv& p) {
  const double one = 1 << kShift, depth = 1 << (p.bits - 8);
  const double luma_span = p.full_range ? ((1 << p.bits) - 1) : 219 * depth;
  const double chroma_span = p.full_range ? ((1 << p.bits) - 1) : 224 * depth;
  const double kr = p.red_weight, kb = p.blue_weight, kg = 1 - kr - kb;
  const auto rounded = [](double v) { return static_cast<std::int32_t>(std::lround(v)); };
  const double chroma = one * 255 / chroma_span / kChromaUnit;
  return {.highest = (1 << p.bits) - 1,
          .black = p.full_range ? 0 : rounded(16 * depth),
          .luma = rounded(one * 255 / luma_span),
          .neutral = rounded(128 * depth * kChromaUnit),
          .red_from_v = rounded(chroma * 2 * (1 - kr)),
          .green_from_u = rounded(-chroma * 2 * (1 - kb) * kb / kg),
          .green_from_v = rounded(-chroma * 2 * (1 - kr) * kr / kg),
          .blue_from_u = rounded(chroma * 2 * (1 - kb))};
}

// The loops over a row. Their pointers never overlap, and each depth has a function of its own, because a template gets no
// clones.

/// near * 3/4 + far * 1/4, in quarters.
template <typename Sample>
__attribute__((always_inline)) inline void mix(const Sample* __restrict near, const Sample* __restrict far, int count,
                                               std::int32_t highest, std::int32_t* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] = 3 * (near[i] & highest) + (far[i] & highest);
}
MIEN_SIMD_CLONES void mix_rows(const std::uint8_t* near, const std::uint8_t* far, int count, std::int32_t highest,
                               std::int32_t* out) {
  mix(near, far, count, highest, out);
}
MIEN_SIMD_CLONES void mix_rows(const std::uint16_t* near, const std::uint16_t* far, int count, std::int32_t highest,
                               std::int32_t* out) {
  mix(near, far, count, highest, out);
}

/// Quarters to sixteenths at full width. `row` has one more entry on both sides.
MIEN_SIMD_CLONES void widen_left(const std::int32_t* __restrict row, int pairs, std::int32_t* __restrict out) {
  for (int i = 0; i < pairs; ++i) {
    out[2 * i] = 4 * row[i];
    out[2 * i + 1] = 2 * (row[i] + row[i + 1]);
  }
}
MIEN_SIMD_CLONES void widen_centred(const std::int32_t* __restrict row, int pairs, std::int32_t* __restrict out) {
  for (int i = 0; i < pairs; ++i) {
    out[2 * i] = 3 * row[i] + row[i - 1];
    out[2 * i + 1] = 3 * row[i] + row[i + 1];
  }
}
MIEN_SIMD_CLONES void scale_row(const std::int32_t* __restrict row, int count, std::int32_t* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] = 4 * row[i];
}

__attribute__((always_inline)) inline std::uint8_t to_byte(std::int32_t value) {
  const std::int32_t whole = value >> kShift;
  return static_cast<std::uint8_t>(whole < 0 ? 0 : whole > 255 ? 255 : whole);
}

struct Planes {
  std::uint8_t *red, *green, *blue;
};

template <typename Sample>
__attribute__((always_inline)) inline void color(const Sample* __restrict luma, const std::int32_t* __restrict u,
                                                 const std::int32_t* __restrict v, int width, const Coefficients c,
                                                 const Planes out) {
  std::uint8_t* __restrict red = out.red;
  std::uint8_t* __restrict green = out.green;
  std::uint8_t* __restrict blue = out.blue;
  for (int x = 0; x < width; ++x) {
    const std::int32_t y = c.luma * ((luma[x] & c.highest) - c.black) + (1 << (kShift - 1));
    const std::int32_t du = u[x] - c.neutral, dv = v[x] - c.neutral;
    red[x] = to_byte(y + c.red_from_v * dv);
    green[x] = to_byte(y + c.green_from_u * du + c.green_from_v * dv);
    blue[x] = to_byte(y + c.blue_from_u * du);
  }
}
MIEN_SIMD_CLONES void color_row(const std::uint8_t* luma, const std::int32_t* u, const std::int32_t* v, int width,
                                const Coefficients& c, const Planes& out) {
  color(luma, u, v, width, c, out);
}
MIEN_SIMD_CLONES void color_row(const std::uint16_t* luma, const std::int32_t* u, const std::int32_t* v, int width,
                                const Coefficients& c, const Planes& out) {
  color(luma, u, v, width, c, out);
}

/// The rows of one chroma plane at full resolution.
template <typename Sample>
class ChromaRows {
 public:
  ChromaRows(const PlanarYuv& picture, int plane)
      : picture_(picture),
        plane_(plane),
        width_(picture.half_width ? (picture.width + 1) / 2 : picture.width),
        height_(picture.half_height ? (picture.height + 1) / 2 : picture.height),
        mixed_(static_cast<std::size_t>(width_) + 2),
        wide_(static_cast<std::size_t>(2 * width_)) {}

  const std::int32_t* row(int y) {
    const int near = picture_.half_height ? y / 2 : y;
    const int far = picture_.half_height ? std::clamp(y % 2 == 0 ? near - 1 : near + 1, 0, height_ - 1) : near;
    std::int32_t* mixed = mixed_.data() + 1;
    mix_rows(samples(near), samples(far), width_, (1 << picture_.bits) - 1, mixed);
    mixed[-1] = mixed[0];
    mixed[width_] = mixed[width_ - 1];
    if (!picture_.half_width)
      scale_row(mixed, width_, wide_.data());
    else if (picture_.centred_chroma)
      widen_centred(mixed, width_, wide_.data());
    else
      widen_left(mixed, width_, wide_.data());
    return wide_.data();
  }

 private:
  const Sample* samples(int y) const {
    return reinterpret_cast<const Sample*>(picture_.planes[plane_] + y * picture_.stride_bytes[plane_]);
  }

  const PlanarYuv& picture_;
  int plane_, width_, height_;
  std::vector<std::int32_t> mixed_, wide_;
};

template <typename Sample>
cv::Mat convert(const PlanarYuv& picture) {
  const Coefficients c = coefficients(picture);
  ChromaRows<Sample> u(picture, 1), v(picture, 2);
  cv::Mat rgb(picture.height, picture.width, CV_8UC3);
  std::vector<cv::Mat> row{cv::Mat(1, picture.width, CV_8UC1), cv::Mat(1, picture.width, CV_8UC1),
                           cv::Mat(1, picture.width, CV_8UC1)};
  for (int y = 0; y < picture.height; ++y) {
    const auto* luma = reinterpret_cast<const Sample*>(picture.planes[0] + y * picture.stride_bytes[0]);
    color_row(luma, u.row(y), v.row(y), picture.width, c, {row[0].data, row[1].data, row[2].data});
    cv::Mat target = rgb.row(y);
    cv::merge(row, target);
  }
  return rgb;
}

}  // namespace

cv::Mat planar_yuv_to_rgb(const PlanarYuv& picture) {
  return picture.bits == 8 ? convert<std::uint8_t>(picture) : convert<std::uint16_t>(picture);
}

}  // namespace mien::libav
