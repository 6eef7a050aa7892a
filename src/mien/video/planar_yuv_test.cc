// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/planar_yuv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mien/base/random.h"

namespace mien::libav {
namespace {

/// Planes of 16-bit numbers, packed to bytes for 8-bit pictures.
class TestPicture {
 public:
  TestPicture(cv::Size size, int bits, bool half_width, bool half_height) {
    yuv.width = size.width, yuv.height = size.height, yuv.bits = bits;
    yuv.half_width = half_width, yuv.half_height = half_height;
    const cv::Size chroma(half_width ? (size.width + 1) / 2 : size.width, half_height ? (size.height + 1) / 2 : size.height);
    const int type = bits == 8 ? CV_8UC1 : CV_16UC1;
    planes = {cv::Mat(size, type), cv::Mat(chroma, type), cv::Mat(chroma, type)};
    for (std::size_t i = 0; i < 3; ++i) {
      yuv.planes[i] = planes[i].data;
      yuv.stride_bytes[i] = static_cast<std::ptrdiff_t>(planes[i].step);
    }
  }
  int at(int plane, int y, int x) const {
    const cv::Mat& p = planes[static_cast<std::size_t>(plane)];
    return yuv.bits == 8 ? p.at<std::uint8_t>(y, x) : p.at<std::uint16_t>(y, x);
  }
  void fill(int y, int u, int v) { planes[0] = y, planes[1] = u, planes[2] = v; }

  PlanarYuv yuv;
  std::vector<cv::Mat> planes;
};

/// ITU-R BT.601/709/2020: E'R = E'Y + 2 (1 - Kr) E'Cr and so on, from the quantised signals.
cv::Vec3d exact_rgb(const PlanarYuv& p, double y, double u, double v) {
  const double top = (1 << p.bits) - 1, unit = 1 << (p.bits - 8);
  const double light = p.full_range ? y / top : (y / unit - 16) / 219;
  const double cb = p.full_range ? (u - 128 * unit) / top : (u / unit - 128) / 224;
  const double cr = p.full_range ? (v - 128 * unit) / top : (v / unit - 128) / 224;
  const double kr = p.red_weight, kb = p.blue_weight, kg = 1 - kr - kb;
  const double red = light + 2 * (1 - kr) * cr, blue = light + 2 * (1 - kb) * cb;
  const double green = (light - kr * red - kb * blue) / kg;
  const auto byte = [](double e) { return std::clamp(255 * e, 0.0, 255.0); };
  return {byte(red), byte(green), byte(blue)};
}

void expect_near(const cv::Vec3b& found, const cv::Vec3d& exact, double tolerance, const std::string& where) {
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(found[c], exact[c], tolerance) << where << " channel " << c;
}

TEST(PlanarYuv, GivesThePrimariesOfTheColourBars) {
  // 8-bit code values of 100 % bars: BT.601 and BT.709.
  struct Bar {
    double kr, kb;
    int y, u, v;
    cv::Vec3d rgb;
  };
  const std::vector<Bar> bars = {{0.299, 0.114, 81, 90, 240, {255, 0, 0}},         {0.299, 0.114, 145, 54, 34, {0, 255, 0}},
                                 {0.299, 0.114, 41, 240, 110, {0, 0, 255}},        {0.2126, 0.0722, 63, 102, 240, {255, 0, 0}},
                                 {0.2126, 0.0722, 173, 42, 26, {0, 255, 0}},       {0.2126, 0.0722, 32, 240, 118, {0, 0, 255}},
                                 {0.2126, 0.0722, 235, 128, 128, {255, 255, 255}}, {0.299, 0.114, 16, 128, 128, {0, 0, 0}}};
  for (const auto& bar : bars) {
    TestPicture picture({6, 4}, 8, true, true);
    picture.fill(bar.y, bar.u, bar.v);
    picture.yuv.red_weight = bar.kr, picture.yuv.blue_weight = bar.kb;
    expect_near(planar_yuv_to_rgb(picture.yuv).at<cv::Vec3b>(1, 2), bar.rgb, 1.5, "bar " + std::to_string(bar.y));
  }
}

TEST(PlanarYuv, IsExactToHalfALevelForEveryDepthMatrixAndRange) {
  Random random(1);
  for (const int bits : {8, 10, 12})
    for (const bool full : {false, true})
      for (const auto& [kr, kb] : {std::pair{0.299, 0.114}, {0.2126, 0.0722}, {0.2627, 0.0593}}) {
        TestPicture picture({64, 8}, bits, false, false);  // 4:4:4: nothing to interpolate
        picture.yuv.full_range = full, picture.yuv.red_weight = kr, picture.yuv.blue_weight = kb;
        for (auto& plane : picture.planes)
          for (int y = 0; y < plane.rows; ++y)
            for (int x = 0; x < plane.cols; ++x) {
              const auto value = random.integer(1 << bits);
              if (bits == 8)
                plane.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(value);
              else
                plane.at<std::uint16_t>(y, x) = static_cast<std::uint16_t>(value);
            }
        const cv::Mat rgb = planar_yuv_to_rgb(picture.yuv);
        for (int y = 0; y < 8; ++y)
          for (int x = 0; x < 64; ++x)
            expect_near(rgb.at<cv::Vec3b>(y, x),
                        exact_rgb(picture.yuv, picture.at(0, y, x), picture.at(1, y, x), picture.at(2, y, x)), 0.52,
                        std::to_string(bits) + " bits at " + std::to_string(x));
      }
}

TEST(PlanarYuv, TakesWordsWithTooManyBits) {
  for (const int bits : {9, 10, 12}) {
    TestPicture picture({16, 4}, bits, true, true);
    for (auto& plane : picture.planes) plane = 0xFFFF;
    TestPicture highest({16, 4}, bits, true, true);
    highest.fill((1 << bits) - 1, (1 << bits) - 1, (1 << bits) - 1);
    EXPECT_EQ(cv::norm(planar_yuv_to_rgb(picture.yuv), planar_yuv_to_rgb(highest.yuv), cv::NORM_INF), 0);
  }
}

/// Linear interpolation between samples at positions `offset + 2 i`, the ends continued.
double between(const std::function<double(int)>& sample, int count, double position, double offset) {
  const double i = std::clamp((position - offset) / 2, 0.0, count - 1.0);
  const int low = static_cast<int>(i);
  return sample(low) + (i - low) * (sample(std::min(low + 1, count - 1)) - sample(low));
}

TEST(PlanarYuv, InterpolatesChromaAtItsTruePositions) {
  // Sizes with and without remainder; vertical positions of 4:2:0 lie midway between rows, horizontal ones on the left column or
  // midway.
  for (const cv::Size size : {cv::Size(10, 8), cv::Size(11, 7), cv::Size(1, 1), cv::Size(2, 3)})
    for (const bool centred : {false, true})
      for (const bool half_height : {false, true}) {
        TestPicture picture(size, 8, true, half_height);
        picture.yuv.centred_chroma = centred;
        Random random(static_cast<std::uint64_t>(size.width));
        for (auto& plane : picture.planes)
          for (int y = 0; y < plane.rows; ++y)
            for (int x = 0; x < plane.cols; ++x)
              plane.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(100 + random.integer(50));
        const cv::Mat rgb = planar_yuv_to_rgb(picture.yuv);
        ASSERT_EQ(rgb.size(), size);
        const cv::Size chroma = picture.planes[1].size();
        const auto full = [&](int plane, int y, int x) {
          const auto row = [&](int r) {
            return between([&](int i) { return picture.at(plane, r, i); }, chroma.width, x, centred ? 0.5 : 0);
          };
          return half_height ? between(row, chroma.height, y, 0.5) : row(y);
        };
        for (int y = 0; y < size.height; ++y)
          for (int x = 0; x < size.width; ++x)
            expect_near(rgb.at<cv::Vec3b>(y, x), exact_rgb(picture.yuv, picture.at(0, y, x), full(1, y, x), full(2, y, x)), 0.52,
                        std::to_string(size.width) + " wide at " + std::to_string(x) + "," + std::to_string(y));
      }
}

}  // namespace
}  // namespace mien::libav
