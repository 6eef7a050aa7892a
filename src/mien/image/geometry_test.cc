// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/geometry.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/image/resize.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

cv::Mat filled(const nlohmann::json& entry) {
  const std::vector<std::uint8_t> bytes = testing::fill_bytes(entry);
  cv::Mat image(entry["shape"][0], entry["shape"][1], CV_8UC3);
  std::copy(bytes.begin(), bytes.end(), image.data);
  return image;
}

std::vector<cv::Point2f> points(const nlohmann::json& rows) {
  std::vector<cv::Point2f> out;
  for (const nlohmann::json& row : rows) out.emplace_back(row[0].get<float>(), row[1].get<float>());
  return out;
}

void expect_points(const std::vector<cv::Point2f>& found, const std::vector<cv::Point2f>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i].x, expected[i].x, 1e-4) << i;
    EXPECT_NEAR(found[i].y, expected[i].y, 1e-4) << i;
  }
}

TEST(Geometry, RotatesAsPillowDoes) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/geometry.json");
  const cv::Mat image = filled(golden["rotation"]["image"]);
  for (const nlohmann::json& c : golden["rotation"]["cases"]) {
    const cv::Mat found = rotate_image(image, c["angle"], c["interpolation"] == "bilinear");
    std::vector<std::uint8_t> bytes = c["uint8"];
    EXPECT_EQ(cv::norm(found, cv::Mat(image.rows, image.cols, CV_8UC3, bytes.data()), cv::NORM_INF), 0)
        << c["angle"] << c["interpolation"];
  }
}

TEST(Geometry, FullAndHalfTurnsAreExact) {
  const cv::Mat image = (cv::Mat_<std::uint8_t>(2, 2) << 1, 2, 3, 4);
  const auto turned = [&](double angle) {
    const cv::Mat out = rotate_image(image, angle, true);
    return std::vector<int>(out.begin<std::uint8_t>(), out.end<std::uint8_t>());
  };
  EXPECT_EQ(turned(360), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(turned(90), (std::vector<int>{2, 4, 1, 3}));
  EXPECT_EQ(turned(-180), (std::vector<int>{4, 3, 2, 1}));
  EXPECT_EQ(turned(-90), (std::vector<int>{3, 1, 4, 2}));
}

TEST(Geometry, PointsRotateWithTheImage) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/geometry.json");
  const nlohmann::json& part = golden["points_under_rotation"];
  for (const nlohmann::json& c : part["cases"]) {
    const Affine rotation = rotation_about_centre(c["angle"], part["width"], part["height"]);
    expect_points(apply_affine(rotation, points(part["landmarks_xy"])), points(c["points"]));
  }
}

TEST(Geometry, FlipsLandmarks) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/geometry.json");
  const nlohmann::json& flip = golden["flip"];
  EXPECT_EQ((std::vector<int>(flip_permutation_68().begin(), flip_permutation_68().end())),
            flip["permutation_68"].get<std::vector<int>>());
  expect_points(flip_points(points(golden["points_under_rotation"]["landmarks_xy"]), flip["width"]), points(flip["flipped_68"]));
  expect_points(flip_points(points(flip["points_5"]), flip["width_5"]), points(flip["flipped_5"]));
}

TEST(Geometry, FlippingTwiceIsIdentity) {
  for (const std::size_t count : {0u, 1u, 5u, 68u}) {
    std::vector<cv::Point2f> original;
    for (std::size_t i = 0; i < count; ++i) original.emplace_back(static_cast<float>(i), static_cast<float>(i * i % 50));
    EXPECT_EQ(flip_points(flip_points(original, 100), 100), original);
  }
}

TEST(Geometry, DoesNotMirrorLandmarksWhoseSidesAreUnknown) {
  EXPECT_THROW(flip_points(std::vector<cv::Point2f>(468), 100), Error);
}

TEST(Geometry, ComposeAndInvert) {
  const Affine a(1.1, 0.2, 3, -0.3, 0.9, 5), b(0.5, -0.4, 7, 0.1, 2, -1);
  const std::vector<cv::Point2f> p = {{0, 0}, {10, -3}, {4.5, 80}};
  expect_points(apply_affine(compose(a, b), p), apply_affine(a, apply_affine(b, p)));
  expect_points(apply_affine(invert(a), apply_affine(a, p)), p);
  expect_points(apply_affine(identity_affine(), p), p);
  EXPECT_THROW(invert(Affine(1, 2, 0, 2, 4, 0)), Error);
}

TEST(Geometry, RandomResizedCropIsTorchvisions) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/random_resized_crop.json");
  for (const nlohmann::json& c : golden["cases"]) {
    const std::vector<double> numbers = c["numbers"];
    std::size_t used = 0;
    const CropBox box = random_resized_crop_from(c["height"], c["width"], c["scale"][0], c["scale"][1], c["ratio"][0],
                                                 c["ratio"][1], [&] { return numbers.at(used++); });
    EXPECT_EQ((std::vector<int>{box.top, box.left, box.height, box.width}),
              c["box_top_left_height_width"].get<std::vector<int>>());
  }
  const nlohmann::json& whole = golden["crop_and_resize"];
  const std::vector<int> box = whole["box_top_left_height_width"];
  const cv::Mat crop = filled(whole["image"])(cv::Rect(box[1], box[0], box[3], box[2]));
  const cv::Mat found = resize_image(crop, whole["out"][1], whole["out"][0], ResizeFilter::bilinear);
  const std::vector<std::uint8_t> expected = whole["uint8"];
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.data));
}

TEST(Geometry, RandomCropsFillTheirRange) {
  Random random(5);
  double smallest = 1, largest = 0;
  for (int i = 0; i < 2000; ++i) {
    const CropBox box = random_resized_crop(100, 80, 0.2, 1, 0.75, 4.0 / 3, random);
    ASSERT_TRUE(box.top >= 0 && box.left >= 0 && box.top + box.height <= 100 && box.left + box.width <= 80);
    const double share = box.height * box.width / 8000.0;
    smallest = std::min(smallest, share), largest = std::max(largest, share);
  }
  EXPECT_NEAR(smallest, 0.2, 0.02);
  EXPECT_GT(largest, 0.9);
}

}  // namespace
}  // namespace mien
