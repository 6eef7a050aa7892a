// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/picture.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

/// Dark, with one bright square of `size` pixels at (x, y).
cv::Mat with_square(int width, int height, const cv::Rect& square) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar::all(20));
  image(square).setTo(cv::Scalar::all(230));
  return image;
}

Picture decoded(const std::vector<std::uint8_t>& bytes, std::int64_t max_pixels) {
  DecodeOptions options;
  options.max_pixels = max_pixels;
  return decode_picture(bytes.data(), bytes.size(), "big.jpg", options);
}

/// Centre of mass of the bright pixels, pixel centres at integers.
cv::Point2f bright_spot(const cv::Mat& image) {
  cv::Mat gray, mask;
  cv::cvtColor(image, gray, cv::COLOR_RGB2GRAY);
  cv::threshold(gray, mask, 125, 1, cv::THRESH_BINARY);
  const auto m = cv::moments(mask, true);
  return {static_cast<float>(m.m10 / m.m00), static_cast<float>(m.m01 / m.m00)};
}

TEST(Pictures, LargeJpegsComeSmallerAndPositionsStayThoseOfTheFile) {
  const cv::Rect square(208, 96, 48, 32);
  const auto bytes = encode_jpeg(with_square(400, 300, square));
  struct Case {
    std::int64_t max_pixels;
    cv::Size size;
  };
  for (const auto& [max_pixels, size] : {Case{120'000, {400, 300}}, Case{119'999, {200, 150}}, Case{30'000, {200, 150}}}) {
    const Picture picture = decoded(bytes, max_pixels);
    EXPECT_EQ(picture.pixels.size(), size);
    EXPECT_EQ(picture.full_size, cv::Size(400, 300));
    EXPECT_EQ(picture.shrunk(), size.width < 400);
    const cv::Point2f spot = picture.to_file(bright_spot(picture.pixels));
    EXPECT_NEAR(spot.x, 208 + 23.5, 0.6);
    EXPECT_NEAR(spot.y, 96 + 15.5, 0.6);
  }
  // The middle of a pixel is the middle of the two by two pixels of the file that it stands for.
  const Picture half = decoded(bytes, 30'000);
  EXPECT_EQ(half.to_file(cv::Point2f(0, 0)), cv::Point2f(0.5f, 0.5f));
  EXPECT_EQ(half.from_file(half.to_file(cv::Point2f(17, 3))), cv::Point2f(17, 3));
  const cv::Rect2f box = half.to_file(cv::Rect2f(10, 20, 30, 40));
  EXPECT_EQ(box, cv::Rect2f(20.5f, 40.5f, 60, 80));
  EXPECT_EQ(half.from_file(box), cv::Rect2f(10, 20, 30, 40));
}

TEST(Pictures, WhatIsBeyondAllCamerasIsRefused) {
  const auto bytes = encode_jpeg(with_square(400, 300, {0, 0, 8, 8}));
  EXPECT_NO_THROW(decoded(bytes, 30'000));
  EXPECT_THROW(decoded(bytes, 29'999), Error) << "more than four times the limit";
  const auto png = encode_png(with_square(400, 300, {0, 0, 8, 8}));
  EXPECT_THROW(decoded(png, 119'999), Error) << "PNG does not scale while it is decoded";
  DecodeOptions options;
  options.max_pixels = 119'999;
  EXPECT_THROW(decode_image(bytes.data(), bytes.size(), "big.jpg", options), Error) << "who takes pixels alone gets all of them or none";
}

TEST(Pictures, SizesThatAreNoMultiplesAreRoundedUp) {
  const auto bytes = encode_jpeg(with_square(401, 299, {100, 100, 40, 40}));
  const Picture picture = decoded(bytes, 100'000);
  EXPECT_EQ(picture.pixels.size(), cv::Size(201, 150));
  EXPECT_EQ(picture.full_size, cv::Size(401, 299));
  const cv::Point2f spot = picture.to_file(bright_spot(picture.pixels));
  EXPECT_NEAR(spot.x, 119.5, 0.6);
  EXPECT_NEAR(spot.y, 119.5, 0.6);
}

/// EXIF orientation 6 in front of the JPEG's own markers: the file's picture is upright, the scale too.
TEST(Pictures, TurnedPicturesHaveTurnedSizes) {
  auto bytes = encode_jpeg(with_square(400, 300, {8, 8, 16, 16}));
  const std::uint8_t exif[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0,
                               1,    0,    0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0};
  bytes.insert(bytes.begin() + 2, std::begin(exif), std::end(exif));
  const Picture picture = decoded(bytes, 30'000);
  EXPECT_EQ(picture.full_size, cv::Size(300, 400));
  EXPECT_EQ(picture.pixels.size(), cv::Size(150, 200));
  const cv::Point2f spot = picture.to_file(bright_spot(picture.pixels));
  EXPECT_NEAR(spot.x, 300 - 1 - 15.5, 0.6);  // the top left corner is seen at the top right
  EXPECT_NEAR(spot.y, 15.5, 0.6);
}

}  // namespace
}  // namespace mien
