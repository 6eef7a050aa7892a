// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/shape_forest.h"

#include <dlib/image_processing.h>
#include <dlib/opencv/cv_image.h>
#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <sstream>

#include "mien/base/error.h"

namespace mien {
namespace {

using ::testing::HasSubstr;

/// A predictor with random trees, made and written by dlib itself.
dlib::shape_predictor random_predictor(unsigned seed, long points, int stages, int trees, int depth) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  const unsigned long pixels = 40;
  dlib::matrix<float, 0, 1> mean(2 * points);
  for (long i = 0; i < mean.size(); ++i) mean(i) = unit(random);
  std::vector<std::vector<dlib::impl::regression_tree>> forests(static_cast<std::size_t>(stages));
  std::vector<std::vector<dlib::vector<float, 2>>> coordinates(static_cast<std::size_t>(stages));
  for (auto& forest : forests) {
    forest.resize(static_cast<std::size_t>(trees));
    for (auto& tree : forest) {
      tree.splits.resize((1u << depth) - 1);
      for (auto& s : tree.splits) s = {random() % pixels, random() % pixels, 200 * (unit(random) - 0.5F)};
      tree.leaf_values.resize(1u << depth);
      for (auto& leaf : tree.leaf_values) {
        leaf.set_size(2 * points);
        for (long i = 0; i < leaf.size(); ++i) leaf(i) = 0.02F * (unit(random) - 0.5F);
      }
    }
  }
  for (auto& stage : coordinates)
    for (unsigned long i = 0; i < pixels; ++i) stage.push_back({1.4F * unit(random) - 0.2F, 1.4F * unit(random) - 0.2F});
  return {mean, forests, coordinates};
}

std::vector<std::uint8_t> bytes_of(const dlib::shape_predictor& predictor) {
  std::ostringstream out;
  serialize(predictor, out);
  const auto text = out.str();
  return {text.begin(), text.end()};
}

cv::Mat smooth_picture() {
  cv::Mat image(90, 110, CV_8UC1);
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x)
      image.at<std::uint8_t>(y, x) =
          static_cast<std::uint8_t>(127 + 60 * std::sin(x * 0.21) + 60 * std::cos(y * 0.17 + x * 0.05));
  return image;
}

TEST(ShapeForest, AgreesWithDlibToItsRounding) {
  const auto image = smooth_picture();
  const dlib::cv_image<unsigned char> view(image);
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto predictor = random_predictor(seed, 11, 4, 12, 3);
    const auto forest = ShapeForest::parse(bytes_of(predictor), "random.dat");
    ASSERT_EQ(forest.mean_shape().size(), 11u);
    for (const dlib::rectangle box :
         {dlib::rectangle(20, 15, 79, 74), dlib::rectangle(-10, -5, 60, 55), dlib::rectangle(50, 30, 140, 130)}) {
      const auto expected = predictor(view, box);
      const Affine frame(static_cast<double>(box.right() - box.left()), 0, static_cast<double>(box.left()), 0,
                         static_cast<double>(box.bottom() - box.top()), static_cast<double>(box.top()));
      const auto points = forest.place(image, frame);
      for (std::size_t i = 0; i < points.size(); ++i) {
        EXPECT_NEAR(points[i].x, static_cast<double>(expected.part(i).x()), 0.501);
        EXPECT_NEAR(points[i].y, static_cast<double>(expected.part(i).y()), 0.501);
      }
    }
  }
}

TEST(ShapeForest, ATurnedFrameOnATurnedPictureGivesTurnedPoints) {
  const auto image = smooth_picture();
  cv::Mat turned;
  cv::rotate(image, turned, cv::ROTATE_90_CLOCKWISE);  // (x, y) -> (rows - 1 - y, x)
  const auto forest = ShapeForest::parse(bytes_of(random_predictor(7, 11, 4, 12, 3)), "random.dat");
  // Off the grid, so that no pixel is read just between two.
  const Affine frame(61.3, 0, 20.17, 0, 61.3, 14.71);
  const Affine turn(0, -1, image.rows - 1, 1, 0, 0);
  const auto expected = apply_affine(turn, forest.place(image, frame));
  const auto points = forest.place(turned, compose(turn, frame));
  for (std::size_t i = 0; i < points.size(); ++i) EXPECT_LT(cv::norm(points[i] - expected[i]), 0.01) << i;
}

TEST(ShapeForest, AnEmptyPictureMovesNothingByPixels) {
  const auto forest = ShapeForest::parse(bytes_of(random_predictor(8, 5, 2, 3, 2)), "random.dat");
  const Affine frame(10, 0, 0, 0, 10, 0);
  EXPECT_EQ(forest.place(cv::Mat(), frame), forest.place(cv::Mat(30, 30, CV_8UC1, cv::Scalar(0)), frame));
}

TEST(ShapeForest, DamageIsAnErrorAndNeverACrash) {
  const auto good = bytes_of(random_predictor(9, 5, 2, 3, 2));
  EXPECT_NO_THROW(ShapeForest::parse(good, "good"));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THROW(ShapeForest::parse(std::span(good.data(), size), "short"), Error) << size;
  std::mt19937 random(4);
  const auto image = smooth_picture();
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    auto bad = good;
    for (int k = 0; k < 3; ++k) bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
    try {
      ShapeForest::parse(bad, "bad").place(image, Affine(50, 0, 20, 0, 50, 20));
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::bad_file);
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

TEST(ShapeForest, SaysWhatIsWrong) {
  const auto message = [](std::vector<std::uint8_t> bytes) {
    try {
      ShapeForest::parse(bytes, "model.dat");
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_THAT(message({'B', 'Z', 'h', '9'}), HasSubstr("model.dat: byte 0"));
  EXPECT_THAT(message({1, 2}), HasSubstr("version 1"));
  auto longer = bytes_of(random_predictor(10, 5, 1, 1, 1));
  longer.push_back(0);
  EXPECT_THAT(message(longer), HasSubstr("more behind the model's end"));
}

TEST(LeastSquaresSimilarity, RecoversATurnAndAScale) {
  const Points from = {{0, 0}, {4, 0}, {4, 2}, {1, 5}};
  const Affine map(3 * std::cos(0.4), -3 * std::sin(0.4), 7, 3 * std::sin(0.4), 3 * std::cos(0.4), -2);
  const auto found = least_squares_similarity(from, apply_affine(map, from));
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(found.val[i], map.val[i], 1e-5);
  const auto moved = least_squares_similarity({{1, 1}, {1, 1}}, {{5, 6}, {7, 6}});
  EXPECT_EQ(apply_affine(moved, {{1, 1}})[0], cv::Point2f(6, 6));
}

}  // namespace
}  // namespace mien
