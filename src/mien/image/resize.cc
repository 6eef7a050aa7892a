// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/resize.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "mien/base/error.h"
#include "mien/image/resize_weights.h"
#include "mien/image/simd.h"

namespace mien {

namespace {

using resizing::Weights;

constexpr int kLanes = 16;  ///< a block of bytes that is mirrored at once
constexpr int kRun = 256;   ///< bytes that are weighed at once
using Bytes = std::uint8_t __attribute__((vector_size(kLanes)));

/// sums[i] += in[i + k * stride] * weights[k] for k in [0,Taps).
template <int Taps>
__attribute__((always_inline)) inline void add_taps(const std::uint8_t* in, std::ptrdiff_t stride, const std::int32_t* weights,
                                                    std::int32_t* sums, int count) {
  for (int i = 0; i < count; ++i) {
    std::int32_t sum = sums[i] + in[i] * weights[0];
    if constexpr (Taps > 1) sum += in[i + stride] * weights[1];
    if constexpr (Taps > 2) sum += in[i + 2 * stride] * weights[2];
    if constexpr (Taps > 3) sum += in[i + 3 * stride] * weights[3];
    sums[i] = sum;
  }
}

/// Weighs `count` <= kRun neighbouring bytes, each with the bytes that lie `stride` apart behind it, and rounds to 8 bits.
__attribute__((always_inline)) inline void weigh(const std::uint8_t* in, std::ptrdiff_t stride, const std::int32_t* weights,
                                                 int taps, std::uint8_t* out, int count) {
  std::int32_t sums[kRun];
  for (int i = 0; i < count; ++i) sums[i] = 1 << (resizing::kFractionBits - 1);
  for (; taps >= 4; taps -= 4, weights += 4, in += 4 * stride) add_taps<4>(in, stride, weights, sums, count);
  if (taps == 3) add_taps<3>(in, stride, weights, sums, count);
  if (taps == 2) add_taps<2>(in, stride, weights, sums, count);
  if (taps == 1) add_taps<1>(in, stride, weights, sums, count);
  for (int i = 0; i < count; ++i) {
    const std::int32_t value = sums[i] >> resizing::kFractionBits;
    out[i] = static_cast<std::uint8_t>(std::min(std::max(value, 0), 255));
  }
}

/// Mirrors a 16 x 16 block of bytes at its diagonal: four rounds of a perfect shuffle.
__attribute__((always_inline)) inline void transpose_block(const std::uint8_t* in, std::ptrdiff_t in_stride, std::uint8_t* out,
                                                           std::ptrdiff_t out_stride) {
  std::array<Bytes, kLanes> rows, shuffled;
  for (std::size_t i = 0; i < kLanes; ++i) std::memcpy(&rows[i], in + static_cast<std::ptrdiff_t>(i) * in_stride, kLanes);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < kLanes / 2; ++i) {
      shuffled[2 * i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      shuffled[2 * i + 1] =
          __builtin_shufflevector(rows[i], rows[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    rows = shuffled;
  }
  for (std::size_t i = 0; i < kLanes; ++i) std::memcpy(out + static_cast<std::ptrdiff_t>(i) * out_stride, &rows[i], kLanes);
}

int padded(int bytes) { return (bytes + kLanes - 1) / kLanes * kLanes; }

/// kRows rows on their side: byte x of row r lies at [x][r], so that neighbours in memory take part in the same sums.
constexpr int kRows = 2 * kLanes;

void lay_on_side(const std::uint8_t* rows, std::ptrdiff_t stride, int bytes, std::uint8_t* side) {
  for (int r = 0; r < kRows; r += kLanes)
    for (int x = 0; x < bytes; x += kLanes) transpose_block(rows + r * stride + x, stride, side + x * kRows + r, kRows);
}

void set_upright(const std::uint8_t* side, int bytes, std::uint8_t* rows, std::ptrdiff_t stride) {
  for (int r = 0; r < kRows; r += kLanes)
    for (int x = 0; x < bytes; x += kLanes) transpose_block(side + x * kRows + r, kRows, rows + r * stride + x, stride);
}

MIEN_SIMD_CLONES void weigh_side(const std::uint8_t* side, int channels, const Weights& weights, const std::int32_t* fixed,
                                 std::uint8_t* out) {
  for (std::size_t o = 0; o < weights.spans.size(); ++o, fixed += weights.most)
    for (int c = 0; c < channels; ++c, out += kRows)
      weigh(side + (weights.spans[o].first * channels + c) * kRows, channels * kRows, fixed, weights.spans[o].count, out, kRows);
}

/// Works on padded copies of kRows rows, so that no block leaves its buffer; what the padding holds is never copied back.
cv::Mat resize_width(const cv::Mat& image, int width, ResizeFilter filter) {
  const Weights weights = resizing::weights(image.cols, width, filter);
  const std::vector<std::int32_t> fixed = resizing::fixed_point(weights.real);
  const int channels = image.channels(), in_bytes = image.cols * channels, out_bytes = width * channels;
  const int in_row = padded(in_bytes), out_row = padded(out_bytes);
  std::vector<std::uint8_t> in(static_cast<std::size_t>(in_row) * kRows), in_side(in.size());
  std::vector<std::uint8_t> out(static_cast<std::size_t>(out_row) * kRows), out_side(out.size());
  cv::Mat result(image.rows, width, image.type());
  for (int y = 0; y < image.rows; y += kRows) {
    const int rows = std::min(kRows, image.rows - y);
    for (int r = 0; r < rows; ++r) std::memcpy(in.data() + r * in_row, image.ptr(y + r), static_cast<std::size_t>(in_bytes));
    lay_on_side(in.data(), in_row, in_bytes, in_side.data());
    weigh_side(in_side.data(), channels, weights, fixed.data(), out_side.data());
    set_upright(out_side.data(), out_bytes, out.data(), out_row);
    for (int r = 0; r < rows; ++r) std::memcpy(result.ptr(y + r), out.data() + r * out_row, static_cast<std::size_t>(out_bytes));
  }
  return result;
}

MIEN_SIMD_CLONES void weigh_rows(const std::uint8_t* in, std::ptrdiff_t stride, const std::int32_t* weights, int taps,
                                 std::uint8_t* out, int bytes) {
  for (int x = 0; x < bytes; x += kRun) weigh(in + x, stride, weights, taps, out + x, std::min(kRun, bytes - x));
}

cv::Mat resize_height(const cv::Mat& image, int height, ResizeFilter filter) {
  const Weights weights = resizing::weights(image.rows, height, filter);
  const std::vector<std::int32_t> fixed = resizing::fixed_point(weights.real);
  cv::Mat result(height, image.cols, image.type());
  for (int y = 0; y < height; ++y) {
    const auto span = weights.spans[static_cast<std::size_t>(y)];
    weigh_rows(image.ptr(span.first), static_cast<std::ptrdiff_t>(image.step),
               fixed.data() + static_cast<std::ptrdiff_t>(y) * weights.most, span.count, result.ptr(y),
               image.cols * image.channels());
  }
  return result;
}

/// Input positions of a nearest-neighbour axis; the sum is accumulated because Pillow does so.
std::vector<int> nearest_positions(int in, int out) {
  const double scale = static_cast<double>(in) / out;
  std::vector<int> positions;
  double at = scale * 0.5;
  for (int o = 0; o < out; ++o, at += scale) positions.push_back(std::min(static_cast<int>(at), in - 1));
  return positions;
}

cv::Mat resize_nearest(const cv::Mat& image, int width, int height) {
  const std::vector<int> columns = nearest_positions(image.cols, width), rows = nearest_positions(image.rows, height);
  const std::size_t pixel = image.elemSize();
  cv::Mat result(height, width, image.type());
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* in = image.ptr(rows[static_cast<std::size_t>(y)]);
    std::uint8_t* out = result.ptr(y);
    for (const int column : columns) {
      std::memcpy(out, in + static_cast<std::size_t>(column) * pixel, pixel);
      out += pixel;
    }
  }
  return result;
}

void map_columns(const cv::Mat& map, const Weights& weights, cv::Mat& result) {
  const std::vector<float> real(weights.real.begin(), weights.real.end());
  for (int y = 0; y < map.rows; ++y) {
    const float* in = map.ptr<float>(y);
    const float* row = real.data();
    for (int x = 0; x < result.cols; ++x, row += weights.most) {
      const auto [first, count] = weights.spans[static_cast<std::size_t>(x)];
      float sum = 0;
      for (int k = 0; k < count; ++k) sum += in[first + k] * row[k];
      result.at<float>(y, x) = sum;
    }
  }
}

MIEN_SIMD_CLONES void add_row(const float* in, float weight, float* out, int width) {
  for (int x = 0; x < width; ++x) out[x] += in[x] * weight;
}

void map_rows(const cv::Mat& map, const Weights& weights, cv::Mat& result) {
  result.setTo(0);
  for (int y = 0; y < result.rows; ++y) {
    const auto [first, count] = weights.spans[static_cast<std::size_t>(y)];
    const double* row = weights.real.data() + static_cast<std::ptrdiff_t>(y) * weights.most;
    for (int k = 0; k < count; ++k)
      add_row(map.ptr<float>(first + k), static_cast<float>(row[k]), result.ptr<float>(y), result.cols);
  }
}

void require(const cv::Mat& image, bool type_fits, int width, int height) {
  if (image.empty() || !type_fits || width < 1 || height < 1)
    throw Error(ErrorCode::usage, "cannot resize " + std::to_string(image.cols) + " x " + std::to_string(image.rows) +
                                      " pixels of type " + cv::typeToString(image.type()) + " to " + std::to_string(width) +
                                      " x " + std::to_string(height));
}

}  // namespace

ResizeFilter resize_filter(const std::string& name) {
  if (name == "nearest") return ResizeFilter::nearest;
  if (name == "bilinear") return ResizeFilter::bilinear;
  if (name == "bicubic") return ResizeFilter::bicubic;
  if (name == "lanczos") return ResizeFilter::lanczos;
  throw Error(ErrorCode::usage, "unknown resize filter '" + name + "'", "nearest, bilinear, bicubic and lanczos are known");
}

cv::Mat resize_image(const cv::Mat& image, int width, int height, ResizeFilter filter) {
  require(image, image.type() == CV_8UC1 || image.type() == CV_8UC3, width, height);
  if (image.cols == width && image.rows == height) return image;
  if (filter == ResizeFilter::nearest) return resize_nearest(image, width, height);
  const cv::Mat wide = image.cols == width ? image : resize_width(image, width, filter);
  return image.rows == height ? wide : resize_height(wide, height, filter);
}

cv::Mat resize_map(const cv::Mat& map, int width, int height, ResizeFilter filter) {
  require(map, map.type() == CV_32FC1, width, height);
  if (map.cols == width && map.rows == height) return map;
  if (filter == ResizeFilter::nearest) return resize_nearest(map, width, height);
  cv::Mat wide = map;
  if (map.cols != width) map_columns(map, resizing::weights(map.cols, width, filter), wide = cv::Mat(map.rows, width, CV_32FC1));
  if (map.rows == height) return wide;
  cv::Mat result(height, width, CV_32FC1);
  map_rows(wide, resizing::weights(map.rows, height, filter), result);
  return result;
}

}  // namespace mien
