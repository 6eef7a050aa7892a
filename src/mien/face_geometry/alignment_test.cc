// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/alignment.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "mien/base/random.h"
#include "mien/face_geometry/faces_for_tests.h"
#include "mien/face_geometry/shrink.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using testing::studio_face;

Points read_points(const nlohmann::json& values) {
  Points points;
  for (const auto& p : values) points.emplace_back(p[0].get<float>(), p[1].get<float>());
  return points;
}

void expect_matrix(const Affine& got, const nlohmann::json& expected, const std::string& what) {
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 3; ++c) {
      const double e = expected[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
      // Points are floats here: shifts of about 100 pixels carry their rounding.
      EXPECT_NEAR(got(r, c), e, 1e-6 + (c == 2 ? 2e-7 : 1e-6) * std::max(100.0, std::abs(e))) << what << " " << r << " " << c;
    }
}

double residual(const Affine& map, const Points& from, const Points& to) {
  const Points moved = apply_affine(map, from);
  double sum = 0;
  for (std::size_t i = 0; i < to.size(); ++i) sum += (moved[i] - to[i]).dot(moved[i] - to[i]);
  return std::sqrt(sum / static_cast<double>(to.size()));
}

TEST(FitSimilarity, EqualsTheGoldenValues) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/geometry.json");
  ASSERT_GE(golden["similarity"]["cases"].size(), 5u);
  for (const auto& c : golden["similarity"]["cases"]) {
    const bool named = c["target"].is_string();  // the 68 points of another section
    const Points from = read_points(c["source"]);
    const Points to = read_points(named ? golden["points_under_rotation"]["landmarks_xy"] : c["target"]);
    const Affine map = fit_similarity(from, to);
    expect_matrix(map, c["matrix_2x3"], c["name"]);
    EXPECT_NEAR(std::sqrt(map(0, 0) * map(1, 1) - map(0, 1) * map(1, 0)), c["scale"].get<double>(), 1e-6);
    EXPECT_NEAR(residual(map, from, to), c["rms_residual"].get<double>(), 2e-5);
  }
}

TEST(ThreePoints, EqualTheGoldenValues) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/geometry.json");
  const auto& three = golden["three_points"];
  const Points from = read_points(three["source"]), to = read_points(three["target"]);
  expect_matrix(fit_affine(from, to), three["affine_2x3"], "affine");
  expect_matrix(invert(fit_affine(from, to)), three["inverse_affine_2x3"], "inverse");
  expect_matrix(fit_similarity(from, to), three["similarity_2x3"], "similarity");
  const Points tests = read_points(three["test_points"]);
  EXPECT_LT(residual(fit_affine(from, to), tests, read_points(three["test_points_affine"])), 1e-4);
  EXPECT_LT(residual(fit_similarity(from, to), tests, read_points(three["test_points_similarity"])), 1e-4);
}

TEST(Fits, RecoverMapsOfTheirKindExactly) {
  Random random(3);
  for (int n : {2, 3, 5, 68}) {
    Points from;
    for (int i = 0; i < n; ++i)
      from.emplace_back(static_cast<float>(random.uniform(0, 300)), static_cast<float>(random.uniform(0, 300)));
    const Affine upright{0.7, 0, 12, 0, 0.7, -5}, turned{0.6, -0.35, 40, 0.35, 0.6, 7}, sheared{0.9, 0.2, -3, 0.1, 1.3, 8};
    EXPECT_LT(residual(fit_upright(from, apply_affine(upright, from)), from, apply_affine(upright, from)), 1e-4);
    EXPECT_LT(residual(fit_similarity(from, apply_affine(turned, from)), from, apply_affine(turned, from)), 1e-4);
    if (n >= 3) {
      EXPECT_LT(residual(fit_affine(from, apply_affine(sheared, from)), from, apply_affine(sheared, from)), 1e-4);
    }
  }
}

TEST(Fits, AreLeastSquares) {
  Random random(8);
  Points from, to;
  for (int i = 0; i < 5; ++i) {
    from.emplace_back(static_cast<float>(random.uniform(0, 100)), static_cast<float>(random.uniform(0, 100)));
    to.emplace_back(from.back().x + static_cast<float>(random.uniform(-20, 20)), static_cast<float>(random.uniform(0, 100)));
  }
  const double similar = residual(fit_similarity(from, to), from, to), affine = residual(fit_affine(from, to), from, to);
  EXPECT_LE(affine, similar);
  EXPECT_LE(similar, residual(fit_upright(from, to), from, to));
  // A small change of any of the numbers makes it worse.
  for (int k = 0; k < 6; ++k)
    for (const double step : {-1e-3, 1e-3}) {
      Affine other = fit_affine(from, to);
      other.val[k] += step * (k % 3 == 2 ? 100 : 1);
      EXPECT_GT(residual(other, from, to), affine);
    }
}

TEST(Fits, NeverMirror) {
  const Points from{{0, 0}, {10, 0}, {0, 10}}, mirrored{{0, 0}, {-10, 0}, {0, 10}};
  const Affine map = fit_similarity(from, mirrored);
  EXPECT_GE(map(0, 0) * map(1, 1) - map(0, 1) * map(1, 0), 0);
}

TEST(Fits, RefusePointsThatDecideNothing) {
  const Points same(5, {7, 7}), line{{0, 0}, {1, 1}, {2, 2}}, some{{0, 0}, {5, 1}, {2, 8}};
  EXPECT_EQ(error_of([&] { fit_similarity(same, same); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { fit_upright(same, same); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { fit_affine(line, some); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { fit_similarity({{1, 2}}, {{1, 2}}); }).first, ErrorCode::usage);
  EXPECT_EQ(error_of([&] { fit_similarity(some, line.empty() ? some : Points(2)); }).first, ErrorCode::usage);
  const Points broken{{0, std::numeric_limits<float>::quiet_NaN()}, {5, 1}, {2, 8}};
  EXPECT_EQ(error_of([&] { fit_similarity(broken, some); }).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of([&] { fit_similarity(some, broken); }).first, ErrorCode::bad_data);
  const Points upside_down{{0, 0}, {-5, -1}, {-2, -8}};
  EXPECT_THAT(error_of([&] { fit_upright(some, upside_down); }).second, HasSubstr("turned"));
}

TEST(Templates, AreKnownByName) {
  EXPECT_EQ(alignment_template("arcface").points.size(), 5u);
  EXPECT_EQ(alignment_template("three").points.size(), 3u);
  for (const auto& name : alignment_template_names()) {
    for (const auto& p : alignment_template(name).points) {
      EXPECT_GT(std::min(p.x, p.y), 0) << name;
      EXPECT_LT(std::max(p.x, p.y), 1) << name;
    }
  }
  EXPECT_THAT(error_of([] { alignment_template("arcfaces"); }).second, HasSubstr("arcface"));
  EXPECT_THAT(error_of([] { alignment_kind("turned"); }).second, HasSubstr("similarity"));
  EXPECT_EQ(alignment_kind("affine"), AlignmentKind::affine);
}

// The published points of the 112x112 template must map onto themselves, and into 96x112 crops 8 pixels further left.
TEST(AlignPoints, ArcfaceIsTheUsualTemplate) {
  const Points usual{
      {38.2946f, 51.6963f}, {73.5318f, 51.5014f}, {56.0252f, 71.7366f}, {41.5493f, 92.3655f}, {70.7299f, 92.2041f}};
  const auto& arcface = alignment_template("arcface");
  EXPECT_LT(residual(align_points(usual, arcface, AlignmentKind::similarity, 112, 112), usual, usual), 1e-4);
  Points narrow = usual;
  for (auto& p : narrow) p.x -= 8;
  EXPECT_LT(residual(align_points(usual, arcface, AlignmentKind::similarity, 96, 112), usual, narrow), 1e-4);
}

TEST(AlignPoints, MarginShrinksTheFaceAboutTheMiddle) {
  const auto face = studio_face(3, {5, 0, 10}, 96);
  const auto& fer = alignment_template("fer");
  const Affine plain = align_points(face.landmarks, fer, AlignmentKind::similarity, 100, 100);
  const Affine wide = align_points(face.landmarks, fer, AlignmentKind::similarity, 100, 100, 0.5);
  EXPECT_NEAR(wide(0, 0), plain(0, 0) / 2, 1e-5);
  const cv::Point2f middle = apply_affine(invert(plain), {{49.5f, 49.5f}})[0];
  EXPECT_LT(cv::norm(apply_affine(wide, {middle})[0] - cv::Point2f(49.5f, 49.5f)), 1e-3);
}

TEST(AlignFace, BringsDrawnFacesOntoEveryTemplate) {
  for (const auto& name : alignment_template_names()) {
    const auto& target = alignment_template(name);
    for (int i = 0; i < 8; ++i) {
      const auto face = studio_face(i, {4.0 * i - 16, 0, 8.0 * i - 30}, 192);
      for (const auto kind : {AlignmentKind::similarity, AlignmentKind::affine}) {
        const AlignedFace aligned = align_face(face.image, face.landmarks, target, kind, 64, 64);
        ASSERT_EQ(aligned.image.size(), cv::Size(64, 64));
        const auto five = five_points(apply_affine(aligned.to_crop, face.landmarks));
        Points got(five.begin(), five.end()), wanted;
        if (target.points.size() == 3) got = {five[0], five[1], (five[3] + five[4]) * 0.5f};
        for (const auto& p : target.points) wanted.emplace_back(p.x * 64 - 0.5f, p.y * 64 - 0.5f);
        const bool exact = target.points.size() == 3 && kind == AlignmentKind::affine;
        EXPECT_LT(residual({1, 0, 0, 0, 1, 0}, got, wanted), exact ? 1e-3 : 5.0) << name << " " << i;
        EXPECT_LT(residual(compose(aligned.to_source, aligned.to_crop), face.landmarks, face.landmarks), 1e-3);
      }
    }
  }
}

// A dot painted at a known place must lie in the crop where the map says, whatever the scale.
TEST(AlignFace, PixelsMoveAsThePointsDo) {
  for (const double zoom : {0.4, 1.0, 2.6, 7.3}) {
    const auto side = static_cast<int>(120 * zoom);
    cv::Mat image = cv::Mat::zeros(side, side, CV_8UC1);
    const cv::Point2d dot(71 * zoom, 52 * zoom);
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        const double d2 = (x - dot.x) * (x - dot.x) + (y - dot.y) * (y - dot.y), s = 3 * zoom;
        image.at<std::uint8_t>(y, x) = cv::saturate_cast<std::uint8_t>(250 * std::exp(-d2 / (2 * s * s)));
      }
    const double c = std::cos(0.4) * 0.8 / zoom, s = std::sin(0.4) * 0.8 / zoom;
    const Affine to_crop{c, -s, 20, s, c, -12};
    const AlignedFace aligned = warp_face(image, to_crop, 100, 100);
    const cv::Moments m = cv::moments(aligned.image);
    const cv::Point2f expected = apply_affine(to_crop, {cv::Point2f(dot)})[0];
    EXPECT_NEAR(m.m10 / m.m00, expected.x, 0.06) << zoom;
    EXPECT_NEAR(m.m01 / m.m00, expected.y, 0.06) << zoom;
  }
}

// A fine chequerboard has no detail that survives shrinking: the crop must be its mean, not a moire.
TEST(AlignFace, AntialiasesWhenShrinking) {
  cv::Mat image(600, 600, CV_8UC3);
  for (int y = 0; y < 600; ++y)
    for (int x = 0; x < 600; ++x) image.at<cv::Vec3b>(y, x) = (x + y) % 2 ? cv::Vec3b(255, 255, 255) : cv::Vec3b(0, 0, 0);
  for (const double step : {1.5, 2.2, 3.4, 5.0}) {
    const AlignedFace aligned = warp_face(image, {1 / step, 0.02, -10, -0.02, 1 / step, -10}, 80, 80);
    cv::Scalar mean, deviation;
    cv::meanStdDev(aligned.image, mean, deviation);
    EXPECT_NEAR(mean[0], 127.5, 3) << step;
    EXPECT_LT(deviation[1], 12) << step;  // plain bilinear sampling leaves 40 to 60
  }
}

TEST(AlignFace, IsBlackOutsideOfTheSource) {
  const cv::Mat image(50, 50, CV_8UC1, cv::Scalar(200));
  const AlignedFace half = warp_face(image, {1, 0, 25, 0, 1, 0}, 50, 50);
  EXPECT_EQ(half.image.at<std::uint8_t>(10, 10), 0);
  EXPECT_EQ(half.image.at<std::uint8_t>(10, 40), 200);
  EXPECT_EQ(cv::countNonZero(warp_face(image, {1, 0, 900, 0, 1, 0}, 50, 50).image), 0);
  EXPECT_EQ(cv::countNonZero(warp_face(image, {0.1, 0, 900, 0, 0.1, 0}, 50, 50).image), 0);
  EXPECT_THROW(warp_face(image, {0, 0, 0, 0, 0, 0}, 50, 50), Error);
  EXPECT_THROW(warp_face(cv::Mat(), {1, 0, 0, 0, 1, 0}, 50, 50), Error);
}

TEST(ShrinkBy, EqualsTheMeanOfEachBlock) {
  Random random(4);
  for (const int channels : {1, 3})
    for (const int factor : {2, 3, 5, 64}) {
      cv::Mat image(factor * 3, factor * 4, CV_MAKETYPE(CV_8U, channels));
      for (int i = 0; i < image.rows * image.cols * channels; ++i) image.data[i] = static_cast<std::uint8_t>(random.integer(256));
      const cv::Mat small = shrink_by(image, factor);
      ASSERT_EQ(small.size(), cv::Size(4, 3));
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 4; ++x) {
          const cv::Scalar mean = cv::mean(image(cv::Rect(x * factor, y * factor, factor, factor)));
          for (int c = 0; c < channels; ++c) EXPECT_NEAR(small.ptr(y)[x * channels + c], mean[c], 0.501);
        }
    }
  EXPECT_EQ(shrink_by(cv::Mat(3, 3, CV_8UC1, cv::Scalar(255)), 2).at<std::uint8_t>(1, 1), 64);  // one of four pixels, rounded
  EXPECT_EQ(shrink_by(cv::Mat(64, 64, CV_8UC1, cv::Scalar(255)), 64).at<std::uint8_t>(0, 0), 255);
}

TEST(CropFace, CoversTheBoxAndItsMargin) {
  cv::Mat image = cv::Mat::zeros(100, 120, CV_8UC1);
  image(cv::Rect(40, 30, 20, 20)) = 255;
  const AlignedFace tight = crop_face(image, {40, 30, 20, 20}, 40, 40);
  EXPECT_EQ(cv::countNonZero(tight.image), 1600);
  const cv::Point2f corner = apply_affine(tight.to_crop, {{39.5f, 29.5f}})[0];  // the box's border
  EXPECT_LT(cv::norm(corner - cv::Point2f(-0.5f, -0.5f)), 1e-4);
  const AlignedFace wide = crop_face(image, {40, 30, 20, 20}, 40, 40, 0.5);
  EXPECT_NEAR(cv::mean(wide.image)[0], 255 / 4.0, 5);
  // A flat box becomes square about its centre, a wide crop sees more at the sides.
  const AlignedFace square = crop_face(image, {30, 35, 40, 10}, 40, 40);
  EXPECT_LT(cv::norm(apply_affine(square.to_crop, {{49.5f, 39.5f}})[0] - cv::Point2f(19.5f, 19.5f)), 1e-4);
  EXPECT_NEAR(square.to_crop(0, 0), 1, 1e-9);
  EXPECT_NEAR(crop_face(image, {40, 30, 20, 20}, 80, 40).to_crop(0, 0), 2, 1e-9);
  EXPECT_EQ(error_of([&] { crop_face(image, {40, 30, 0, 20}, 40, 40); }).first, ErrorCode::bad_data);
}

}  // namespace
}  // namespace mien
