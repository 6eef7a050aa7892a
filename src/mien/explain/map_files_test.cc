// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/explain/class_averages.h"
#include "mien/explain/input_pictures.h"
#include "mien/explain/map_pictures.h"
#include "mien/explain/mean_interval.h"
#include "mien/explain/npy.h"
#include "mien/explain/part_shares.h"
#include "mien/image/color.h"
#include "mien/loading/transform.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

std::size_t region(const std::string& name) {
  const auto& names = FaceRegions::names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(PartShares, AUniformMapFollowsTheArea) {
  const auto face = draw_expression(1, 3, 1, {.noise = 0});
  const FaceRegions regions(face.landmarks, face.image.size());
  const PartShares shares = part_shares(cv::Mat(face.image.size(), CV_32FC1, cv::Scalar(2)), regions);
  EXPECT_NEAR(sum(regions.areas()), 1, 1e-9);
  for (std::size_t r = 0; r < regions.areas().size(); ++r) {
    EXPECT_NEAR(shares.positive[r], regions.areas()[r], 1e-9);
    EXPECT_GT(regions.areas()[r], 0.005) << FaceRegions::names()[r];
  }
}

TEST(PartShares, EachLandmarkLiesInItsPart) {
  const auto face = draw_expression(1, 3, 1, {.noise = 0});
  const FaceRegions regions(face.landmarks, face.image.size());
  for (const auto& [first, last, name] :
       {std::tuple(48, 67, "mouth"), std::tuple(36, 41, "left_eye"), std::tuple(42, 47, "right_eye")}) {
    cv::Mat map = cv::Mat::zeros(face.image.size(), CV_32FC1);
    for (int k = first; k <= last; ++k) map.at<float>(cv::Point(face.landmarks[static_cast<std::size_t>(k)])) = 1;
    EXPECT_NEAR(part_shares(map, regions).positive[region(name)], 1, 1e-9) << name;
  }
  cv::Mat corner = cv::Mat::zeros(face.image.size(), CV_32FC1);
  corner.at<float>(0, 0) = -3;
  EXPECT_TRUE(part_shares(corner, regions).positive.empty());
  EXPECT_EQ(part_shares(corner, regions).absolute[region("outside")], 1);
}

TEST(PartShares, WrongSizesAreRefused) {
  const auto face = draw_expression(1, 3, 1);
  EXPECT_THROW(FaceRegions({{1, 1}, {2, 2}}, {96, 96}), Error);
  const FaceRegions regions(face.landmarks, face.image.size());
  EXPECT_THROW(part_shares(cv::Mat::zeros(10, 10, CV_32FC1), regions), Error);
}

TEST(MapPictures, TheScaleIgnoresAFewBrightPixels) {
  cv::Mat map(100, 100, CV_32FC1, cv::Scalar(-2));
  map.at<float>(3, 3) = 1000;
  EXPECT_EQ(display_scale(map), 2);
  cv::Mat lonely = cv::Mat::zeros(100, 100, CV_32FC1);
  lonely.at<float>(3, 3) = 7;
  EXPECT_EQ(display_scale(lonely), 7);
  EXPECT_EQ(display_scale(cv::Mat::zeros(4, 4, CV_32FC1)), 1);
}

TEST(MapPictures, NothingShowsTheFaceAndSignsHaveTheirColours) {
  const cv::Mat face(20, 20, CV_8UC1, cv::Scalar(128));
  cv::Mat map = cv::Mat::zeros(20, 20, CV_32FC1);
  map.colRange(0, 6) = 1;
  map.colRange(14, 20) = -1;
  const cv::Mat picture = draw_overlay(face, map, 1, MapColors::diverging, 20);
  EXPECT_EQ(picture.at<cv::Vec3b>(10, 10), cv::Vec3b(128, 128, 128));
  const auto red = picture.at<cv::Vec3b>(10, 2), blue = picture.at<cv::Vec3b>(10, 17);
  EXPECT_GT(red[0], red[2] + 80);
  EXPECT_GT(blue[2], blue[0] + 80);
  const cv::Mat sequential = draw_overlay(face, map, 1, MapColors::sequential, 20);
  EXPECT_EQ(sequential.at<cv::Vec3b>(10, 17), cv::Vec3b(128, 128, 128));
  EXPECT_NE(sequential.at<cv::Vec3b>(10, 2), cv::Vec3b(128, 128, 128));
}

TEST(MapPictures, InputsBecomeTheirPicturesAgain) {
  const cv::Mat face = draw_face(1, 1, {.size_px = 32}).image;
  for (const char* color : {"rgb", "bgr", "gray"}) {
    Preprocessing p;
    p.color = color;
    p.width = p.height = 32;
    p.mean = p.channels() == 3 ? std::vector{0.4, 0.5, 0.6} : std::vector{0.3};
    p.std = {0.2};
    std::vector<float> values(static_cast<std::size_t>(32 * 32 * p.channels()));
    write_normalized(face, p, values.data());
    const cv::Mat back = picture_of_input(values.data(), p);
    EXPECT_LE(cv::norm(p.channels() == 3 ? face : to_gray(face), back, cv::NORM_INF), 1) << color;
  }
}

TEST(Npy, HasTheHeaderThatNumPyReads) {
  const TemporaryFolder folder;
  write_npy(folder.path() / "m.npy", {2, 1, 2}, {1, -2, 3, 0.5});
  const auto bytes = read_bytes(folder.path() / "m.npy");
  EXPECT_EQ(std::string(bytes.begin() + 1, bytes.begin() + 6), "NUMPY");
  EXPECT_EQ(bytes[6], 1);
  const std::size_t header = bytes[8] + 256u * bytes[9];
  EXPECT_EQ((10 + header) % 64, 0u);
  EXPECT_EQ(std::string(bytes.begin() + 10, bytes.begin() + 71), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,1,2,), }");
  ASSERT_EQ(bytes.size(), 10 + header + 16);
  float values[4];
  std::memcpy(values, bytes.data() + 10 + header, 16);
  EXPECT_EQ(values[1], -2);
  EXPECT_EQ(values[3], 0.5);
  EXPECT_THROW(write_npy(folder.path() / "m.npy", {3}, {1}), Error);
}

TEST(ClassAverages, EveryImageCountsAlike) {
  ClassAverages averages(2, 1, {4, 4});
  cv::Mat left = cv::Mat::zeros(4, 4, CV_32FC1), right = left.clone();
  left.at<float>(1, 0) = 1000;
  right.at<float>(1, 3) = -0.001f;
  averages.add(0, 1, cv::Mat(4, 4, CV_8UC1, cv::Scalar(100)), {left}, {}, {});
  averages.add(0, 0, cv::Mat(4, 4, CV_8UC1, cv::Scalar(50)), {right}, {}, {});
  averages.add(-1, 1, cv::Mat(4, 4, CV_8UC1, cv::Scalar(50)), {right}, {}, {});
  const auto truth = averages.of(Grouping::truth, 0);
  EXPECT_EQ(truth.count, 2);
  EXPECT_EQ(truth.face.at<std::uint8_t>(0, 0), 75);
  EXPECT_FLOAT_EQ(truth.maps[0].at<float>(1, 0), 0.5);
  EXPECT_FLOAT_EQ(truth.maps[0].at<float>(1, 3), -0.5);
  EXPECT_EQ(averages.of(Grouping::predicted, 1).count, 2);
  EXPECT_EQ(averages.of(Grouping::truth, 1).count, 0);
  EXPECT_FALSE(averages.aligned());
}

/// Mean squared distance from the centre of gravity, pixels squared.
double spread(const cv::Mat& map) {
  double sum = 0, x = 0, y = 0, squares = 0;
  for (int r = 0; r < map.rows; ++r)
    for (int c = 0; c < map.cols; ++c) {
      const double value = map.at<float>(r, c);
      sum += value;
      x += c * value;
      y += r * value;
      squares += (c * c + r * r) * value;
    }
  return squares / sum - (x * x + y * y) / (sum * sum);
}

/// The maps mark the mouths of faces that stand and tilt differently; aligned, the marks come closer.
TEST(ClassAverages, FacesAreAlignedByTheirLandmarks) {
  ClassAverages averages(1, 1, {96, 96});
  cv::Mat unaligned = cv::Mat::zeros(96, 96, CV_32FC1);
  for (int i = 0; i < 24; ++i) {
    const auto face = draw_face(5, i);
    cv::Mat map = cv::Mat::zeros(96, 96, CV_32FC1);
    map.at<float>(cv::Point(0.5f * (face.landmarks[48] + face.landmarks[54]))) = 1;
    unaligned += map;
    averages.add(0, 0, face.image, {map}, face.landmarks, {});
  }
  ASSERT_TRUE(averages.aligned());
  EXPECT_LT(spread(averages.of(Grouping::truth, 0).maps[0]), 0.6 * spread(unaligned));
}

TEST(MeanInterval, CoversTheMeanAndShrinksWithTheImages) {
  std::vector<double> few, many;
  for (int i = 0; i < 1000; ++i) (i < 40 ? few : many).push_back(i % 2);
  many.push_back(std::nan(""));
  const MeanInterval a = mean_interval(few, 2000, 1), b = mean_interval(many, 2000, 1);
  EXPECT_EQ(b.n, 960);
  EXPECT_DOUBLE_EQ(a.mean, 0.5);
  // standard errors of a share: 0.5 / sqrt(n)
  EXPECT_NEAR(a.interval.high - 0.5, 1.96 * 0.5 / std::sqrt(40), 0.02);
  EXPECT_NEAR(0.5 - b.interval.low, 1.96 * 0.5 / std::sqrt(960), 0.005);
  EXPECT_TRUE(std::isnan(mean_interval({}, 10, 1).mean));
  EXPECT_THROW(mean_interval({1}, 0, 1), Error);
}

}  // namespace
}  // namespace mien
