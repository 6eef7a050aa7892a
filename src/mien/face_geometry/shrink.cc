// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/shrink.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace mien {

namespace {

/// Adds `count` bytes to 16-bit sums; 64 rows of 255 fit.
void add_row(const std::uint8_t* row, std::uint16_t* sums, int count) {
  for (int i = 0; i < count; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + row[i]);
}

template <int channels>
void average_blocks(const std::uint16_t* sums, int factor, int blocks, std::uint8_t* out) {
  const std::uint32_t area = static_cast<std::uint32_t>(factor) * static_cast<std::uint32_t>(factor);
  // Multiplying by the rounded-up reciprocal is exact here: sums stay below 2^20 + 2^11, areas below 2^13.
  const std::uint64_t reciprocal = ((1ull << 40) + area - 1) / area;
  for (int x = 0; x < blocks; ++x, sums += factor * channels, out += channels) {
    std::uint32_t total[channels] = {};
    for (int i = 0; i < factor; ++i)
      for (int c = 0; c < channels; ++c) total[c] += sums[i * channels + c];
    for (int c = 0; c < channels; ++c) out[c] = static_cast<std::uint8_t>(((total[c] + area / 2) * reciprocal) >> 40);
  }
}

}  // namespace

cv::Mat shrink_by(const cv::Mat& image, int factor) {
  CV_Assert(image.depth() == CV_8U && (image.channels() == 1 || image.channels() == 3) && factor >= 2 && factor <= 64);
  const int channels = image.channels(), columns = (image.cols + factor - 1) / factor, rows = (image.rows + factor - 1) / factor;
  cv::Mat out(rows, columns, image.type());
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(columns) * static_cast<std::size_t>(factor * channels));
  for (int y = 0; y < rows; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (int v = y * factor; v < std::min(image.rows, (y + 1) * factor); ++v)
      add_row(image.ptr(v), sums.data(), image.cols * channels);
    if (channels == 1)
      average_blocks<1>(sums.data(), factor, columns, out.ptr(y));
    else
      average_blocks<3>(sums.data(), factor, columns, out.ptr(y));
  }
  return out;
}

}  // namespace mien
