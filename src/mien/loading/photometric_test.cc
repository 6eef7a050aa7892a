// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/photometric.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "mien/base/random.h"
#include "mien/image/color.h"

namespace mien {
namespace {

using Levels = std::vector<std::uint8_t>;

cv::Mat rgb(Levels levels) { return cv::Mat(2, 6, CV_8UC3, levels.data()).clone(); }

const Levels kPixels = {255, 0,  0,  10,  200, 30,  7, 8, 250, 128, 128, 128, 250, 240, 20,  90,  30, 200,
                        12,  13, 14, 255, 255, 255, 0, 0, 0,   200, 100, 50,  33,  180, 180, 222, 17, 111};

/// The expected numbers are torchvision 0.14.1's on the same pixels; it truncates to 8 bits where we round, and truncates
/// the lightness before.
void expect_near(const cv::Mat& found, const Levels& expected, int tolerance) {
  EXPECT_LE(cv::norm(found, rgb(expected), cv::NORM_INF), tolerance) << found << "\n" << rgb(expected);
}

TEST(Photometric, BrightnessIsTorchvisions) {
  expect_near(adjust_brightness(rgb(kPixels), 1.4),
              {255, 0,  0,  14,  255, 42,  9, 11, 255, 179, 179, 179, 255, 255, 28,  126, 42, 255,
               16,  18, 19, 255, 255, 255, 0, 0,  0,   255, 140, 70,  46,  252, 252, 255, 23, 155},
              1);
  expect_near(adjust_brightness(rgb(kPixels), 0.3), {76, 0, 0, 3,  60, 9,  2, 2, 75, 38, 38, 38, 75, 72, 6,  27, 9, 60,
                                                     3,  3, 4, 76, 76, 76, 0, 0, 0,  60, 30, 15, 9,  54, 54, 66, 5, 33},
              1);
}

TEST(Photometric, ContrastIsTorchvisions) {
  expect_near(adjust_contrast(rgb(kPixels), 1.5),
              {255, 0, 0, 0,   247, 0,   0, 0, 255, 139, 139, 139, 255, 255, 0,   82,  0, 247,
               0,   0, 0, 255, 255, 255, 0, 0, 0,   247, 97,  22,  0,   217, 217, 255, 0, 114},
              1);
  expect_near(adjust_contrast(rgb(kPixels), 0.25),
              {142, 78, 78, 81,  128, 86,  80, 80, 141, 110, 110, 110, 141, 138, 83,  101, 86, 128,
               81,  81, 82, 142, 142, 142, 78, 78, 78,  128, 103, 91,  86,  123, 123, 134, 82, 106},
              2);
  Levels gray = {255, 10, 7, 128, 250, 90, 12, 255, 0, 200, 33, 222},
         expected = {188, 65, 64, 124, 185, 105, 66, 188, 60, 160, 77, 171};
  const cv::Mat found = adjust_contrast(cv::Mat(2, 6, CV_8UC1, gray.data()), 0.5);
  EXPECT_LE(cv::norm(found, cv::Mat(2, 6, CV_8UC1, expected.data()), cv::NORM_INF), 1) << found;
}

TEST(Photometric, SaturationIsTorchvisions) {
  expect_near(adjust_saturation(rgb(kPixels), 1.8),
              {255, 0,  0,  0,   255, 0,   0, 0, 255, 128, 128, 128, 255, 255, 0,   108, 0, 255,
               11,  13, 15, 255, 255, 255, 0, 0, 0,   255, 80,  0,   0,   215, 215, 255, 0, 129},
              1);
  expect_near(adjust_saturation(rgb(kPixels), 0.4),
              {147, 45, 45, 77,  153, 85,  23, 24, 121, 127, 127, 127, 230, 226, 138, 76,  52, 120,
               12,  12, 12, 254, 254, 254, 0,  0,  0,   154, 114, 94,  94,  153, 153, 141, 59, 97},
              1);
}

TEST(Photometric, HueIsTorchvisions) {
  expect_near(adjust_hue(rgb(kPixels), 0.2),
              {203, 255, 0,  10,  142, 200, 250, 6, 202, 128, 128, 128, 19, 250, 55,  200, 29,  106,
               13,  12,  14, 255, 255, 255, 0,   0, 0,   119, 200, 50,  62, 33,  180, 222, 169, 17},
              2);
  expect_near(adjust_hue(rgb(kPixels), -0.45),
              {0,  178, 255, 200, 10,  123, 178, 250, 6, 128, 128, 128, 78,  19, 250, 89, 200, 29,
               14, 13,  12,  255, 255, 255, 0,   0,   0, 50,  104, 200, 180, 77, 33,  17, 222, 189},
              2);
}

cv::Mat noise(int type) {
  Random random(3);
  cv::Mat image(31, 45, type);
  for (std::size_t i = 0; i < image.total() * image.elemSize(); ++i) image.data[i] = static_cast<std::uint8_t>(random.next());
  return image;
}

TEST(Photometric, NeutralFactorsChangeNothing) {
  const cv::Mat image = noise(CV_8UC3);
  for (const cv::Mat& same :
       {adjust_brightness(image, 1), adjust_contrast(image, 1), adjust_saturation(image, 1), adjust_hue(image, 0)})
    EXPECT_EQ(cv::norm(same, image, cv::NORM_INF), 0);
}

TEST(Photometric, ThreeThirdsOfTheHueCircleAreARotationOfTheChannels) {
  const cv::Mat image = noise(CV_8UC3), turned = adjust_hue(image, 1.0 / 3);
  cv::Mat expected;  // red becomes green, green blue, blue red
  cv::mixChannels(std::vector<cv::Mat>{image}, std::vector<cv::Mat>{expected = cv::Mat(image.size(), CV_8UC3)},
                  {0, 1, 1, 2, 2, 0});
  EXPECT_LE(cv::norm(turned, expected, cv::NORM_INF), 1);
}

TEST(Photometric, LocalEqualisationRaisesTheContrastAndKeepsTheHue) {
  cv::Mat dull(64, 64, CV_8UC1);
  for (int i = 0; i < 64 * 64; ++i) dull.data[i] = static_cast<std::uint8_t>(100 + i / 64 % 8 + i % 8);
  const auto spread = [](const cv::Mat& image) {
    cv::Scalar mean, deviation;
    cv::meanStdDev(image, mean, deviation);
    return deviation[0];
  };
  EXPECT_GT(spread(equalize_locally(dull)), 1.5 * spread(dull));
  const cv::Mat colored = equalize_locally(to_rgb(dull));
  ASSERT_EQ(colored.type(), CV_8UC3);
  std::vector<cv::Mat> planes;
  cv::split(colored, planes);
  EXPECT_LE(cv::norm(planes[0], planes[1], cv::NORM_INF), 2);
  EXPECT_LE(cv::norm(planes[1], planes[2], cv::NORM_INF), 2);
}

TEST(Photometric, BlurHasTheAskedForWidth) {
  cv::Mat spot(41, 41, CV_8UC1, cv::Scalar(0));
  spot(cv::Rect(18, 18, 5, 5)).setTo(250);
  const cv::Mat soft = blur(spot, 2);
  double weight = 0, variance = 0;
  for (int x = 0; x < 41; ++x)
    weight += soft.at<std::uint8_t>(20, x), variance += soft.at<std::uint8_t>(20, x) * (x - 20.0) * (x - 20.0);
  EXPECT_NEAR(variance / weight, 2 * 2 + (25 - 1) / 12.0, 0.3);
}

TEST(Photometric, PartsOfImagesDoNotSeeTheirNeighbours) {
  const cv::Mat whole = noise(CV_8UC3), part = whole(cv::Rect(5, 6, 20, 17)), alone = part.clone();
  EXPECT_EQ(cv::norm(blur(part, 1.5), blur(alone, 1.5), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(equalize_locally(part), equalize_locally(alone), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(adjust_contrast(part, 0.7), adjust_contrast(alone, 0.7), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mien
