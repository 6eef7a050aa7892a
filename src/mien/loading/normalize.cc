// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <cstdint>

#include "mien/image/color.h"
#include "mien/image/simd.h"
#include "mien/loading/transform.h"

namespace mien {

namespace {

/// (value - coarse - fine) * gain. The mean is split so that the first difference is exact and floats lose nothing.
struct ChannelScale {
  float coarse = 0, fine = 0, gain = 1;
};

ChannelScale channel_scale(const Preprocessing& p, std::size_t channel) {
  const auto of_channel = [&](const std::vector<double>& values) { return values.size() == 1 ? values[0] : values.at(channel); };
  const double mean = of_channel(p.mean) * p.divide_by, coarse = std::round(mean * 256) / 256;
  return {static_cast<float>(coarse), static_cast<float>(mean - coarse),
          static_cast<float>(1 / (p.divide_by * of_channel(p.std)))};
}

MIEN_SIMD_CLONES void normalize_row(const std::uint8_t* in, int width, ChannelScale scale, float* out) {
  for (int x = 0; x < width; ++x) out[x] = (static_cast<float>(in[x]) - scale.coarse - scale.fine) * scale.gain;
}

MIEN_SIMD_CLONES void normalize_rgb_row(const std::uint8_t* in, int width, const ChannelScale* scales, float* red, float* green,
                                        float* blue) {
  const ChannelScale r = scales[0], g = scales[1], b = scales[2];
  for (int x = 0; x < width; ++x) {
    red[x] = (static_cast<float>(in[3 * x]) - r.coarse - r.fine) * r.gain;
    green[x] = (static_cast<float>(in[3 * x + 1]) - g.coarse - g.fine) * g.gain;
    blue[x] = (static_cast<float>(in[3 * x + 2]) - b.coarse - b.fine) * b.gain;
  }
}

void write_planes(const cv::Mat& gray, const Preprocessing& p, float* out) {
  for (int c = 0; c < p.channels(); ++c) {
    const ChannelScale scale = channel_scale(p, static_cast<std::size_t>(c));
    for (int y = 0; y < gray.rows; ++y, out += gray.cols) normalize_row(gray.ptr(y), gray.cols, scale, out);
  }
}

}  // namespace

void write_normalized(const cv::Mat& image, const Preprocessing& p, float* out) {
  if (image.channels() == 1 || p.channels() == 1) return write_planes(to_gray(image), p, out);
  const std::array<std::size_t, 3> place_of_rgb =
      p.color == "bgr" ? std::array<std::size_t, 3>{2, 1, 0} : std::array<std::size_t, 3>{0, 1, 2};
  std::array<ChannelScale, 3> scales;
  std::array<float*, 3> planes;
  for (std::size_t c = 0; c < 3; ++c) {
    scales[c] = channel_scale(p, place_of_rgb[c]);
    planes[c] = out + place_of_rgb[c] * image.total();
  }
  for (int y = 0; y < image.rows; ++y) {
    normalize_rgb_row(image.ptr(y), image.cols, scales.data(), planes[0], planes[1], planes[2]);
    for (float*& plane : planes) plane += image.cols;
  }
}

}  // namespace mien
