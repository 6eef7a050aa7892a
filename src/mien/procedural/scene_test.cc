// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/scene.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mien::procedural {
namespace {

/// A person without anything in front of the face.
Identity plain_person(std::int64_t index) {
  Identity id = draw_identity(21, index);
  id.hair = HairStyle::cropped;
  id.glasses = Glasses::none;
  id.beard = Beard::none;
  return id;
}

Scene studio(std::int64_t index, Expression expression) {
  Scene scene;
  scene.identity = plain_person(index);
  scene.action = prototype(expression);
  scene.pose = {9.0 * static_cast<double>(index % 3 - 1), 4, -5};
  return scene;
}

/// Where two pictures differ by more than `threshold` grey levels in some channel.
cv::Mat changed(const cv::Mat& a, const cv::Mat& b, int threshold) {
  cv::Mat difference, channels[3];
  cv::absdiff(a, b, difference);
  cv::split(difference, channels);
  return cv::max(cv::max(channels[0], channels[1]), channels[2]) > threshold;
}

constexpr int kSize = 192;

TEST(Exactness, lip_landmarks_lie_on_the_rim_of_the_painted_lips) {
  for (int i = 0; i < 12; ++i) {
    Scene scene = studio(i, static_cast<Expression>(i % expression_count));
    scene.identity.lip_color = Color(255, 0, 0);
    const ProceduralFace red = render(scene, kSize);
    scene.identity.lip_color = Color(0, 255, 0);
    const ProceduralFace green = render(scene, kSize);
    const cv::Mat lips = changed(red.image, green.image, 25);  // the dark seam is tinted too
    ASSERT_GT(cv::countNonZero(lips), 50);
    const double roll = scene.pose.roll_deg * CV_PI / 180;
    const cv::Point2f down(static_cast<float>(-std::sin(roll)), static_cast<float>(std::cos(roll)));
    const auto inside = [&](cv::Point2f p) { return lips.at<std::uint8_t>(cvRound(p.y), cvRound(p.x)) != 0; };
    for (const std::size_t k : {49u, 50u, 51u, 52u, 53u, 55u, 56u, 57u, 58u, 59u}) {
      const cv::Point2f out = k < 54 ? -down : down;
      EXPECT_FALSE(inside(red.landmarks[k] + 2 * out)) << i << " landmark " << k;
      EXPECT_TRUE(inside(red.landmarks[k] - 0.5 * out)) << i << " landmark " << k;
    }
    const cv::Rect box = cv::boundingRect(lips);
    EXPECT_NEAR(box.x, red.landmarks[48].x, 1.5) << i;
    EXPECT_NEAR(box.x + box.width - 1, red.landmarks[54].x, 1.5) << i;
  }
}

TEST(Exactness, brow_landmarks_lie_on_the_middle_of_the_painted_brows) {
  for (int i = 0; i < 12; ++i) {
    Scene scene = studio(i, static_cast<Expression>(i % expression_count));
    scene.pose = {scene.pose.yaw_deg, 0, 0};
    scene.identity.brow_color = Color(255, 0, 0);
    const ProceduralFace red = render(scene, kSize);
    scene.identity.brow_color = Color(0, 255, 0);
    const cv::Mat brows = changed(red.image, render(scene, kSize).image, 30);
    for (const std::size_t k : {18u, 19u, 20u, 23u, 24u, 25u}) {
      const cv::Point2f p = red.landmarks[k];
      double sum = 0, weight = 0;
      for (int y = cvRound(p.y) - 9; y <= cvRound(p.y) + 9; ++y)
        if (brows.at<std::uint8_t>(y, cvRound(p.x)) != 0) sum += y, ++weight;
      ASSERT_GT(weight, 2) << i << " landmark " << k;
      EXPECT_NEAR(sum / weight, p.y, 1.2) << i << " landmark " << k;
    }
  }
}

TEST(Exactness, the_iris_shows_inside_of_the_eye_contour_alone) {
  for (int i = 0; i < 12; ++i) {
    Scene scene = studio(i, static_cast<Expression>(i % expression_count));
    scene.identity.iris_color = Color(255, 0, 0);
    const ProceduralFace red = render(scene, kSize);
    scene.identity.iris_color = Color(0, 255, 0);
    const cv::Mat irises = changed(red.image, render(scene, kSize).image, 30);
    for (const std::size_t first : {36u, 42u}) {
      const std::vector<cv::Point2f> contour(red.landmarks.begin() + static_cast<std::ptrdiff_t>(first),
                                             red.landmarks.begin() + static_cast<std::ptrdiff_t>(first) + 6);
      const cv::Rect box = cv::boundingRect(contour);
      int found = 0;
      for (int y = box.y - 6; y < box.y + box.height + 6; ++y)
        for (int x = box.x - 6; x < box.x + box.width + 6; ++x) {
          if (irises.at<std::uint8_t>(y, x) == 0) continue;
          ++found;
          EXPECT_GT(cv::pointPolygonTest(contour, cv::Point2f(static_cast<float>(x), static_cast<float>(y)), true), -2.0);
        }
      EXPECT_GT(found, 15) << i;
    }
    scene.action.set(blink, 1);
    const ProceduralFace closed = render(scene, kSize);
    scene.identity.iris_color = Color(255, 0, 0);
    EXPECT_EQ(cv::countNonZero(changed(closed.image, render(scene, kSize).image, 30)), 0);
  }
}

TEST(Exactness, nostrils_are_dark_and_brows_are_darker_than_the_forehead) {
  for (int i = 0; i < 12; ++i) {
    Scene scene = studio(i, neutral);
    scene.identity.skin = Color(224, 178, 142);
    scene.identity.brow_color = Color(40, 32, 30);
    const ProceduralFace face = render(scene, kSize);
    cv::Mat gray;
    cv::cvtColor(face.image, gray, cv::COLOR_RGB2GRAY);
    const auto level = [&](cv::Point2f p) { return static_cast<int>(gray.at<std::uint8_t>(cvRound(p.y), cvRound(p.x))); };
    for (const std::size_t k : {32u, 34u}) EXPECT_LT(level(face.landmarks[k]) + 40, level(face.landmarks[30])) << i;
    for (const std::size_t k : {19u, 20u, 23u, 24u})
      EXPECT_LT(level(face.landmarks[k]) + 50, level(face.landmarks[k] - cv::Point2f(0, 11))) << i;
  }
}

TEST(Symmetry, mirrored_pose_mirrors_the_mask) {
  Scene scene;
  scene.identity = plain_person(3);
  scene.action = prototype(fear);
  scene.pose = {18, 6, 8};
  const cv::Mat one = render(scene, 96).mask;
  scene.pose = {-18, 6, -8};
  cv::Mat other;
  cv::flip(render(scene, 96).mask, other, 1);
  EXPECT_LT(cv::countNonZero(one != other), 30);
}

/// What surrounds the expression: colours of the person, light, background, pose.
std::vector<float> nuisance(const Scene& s) {
  const auto& id = s.identity;
  return {id.skin[0] / 60,
          id.skin[2] / 60,
          id.hair_color[0] / 60,
          id.lip_color[1] / 60,
          static_cast<float>(id.face_width * 25),
          static_cast<float>(id.mouth_y * 25),
          static_cast<float>(id.age_01 * 3),
          static_cast<float>(id.hair),
          static_cast<float>(id.glasses),
          s.photo.background_top[0] / 60,
          s.photo.background_bottom[1] / 60,
          s.photo.gain[0] * 10,
          static_cast<float>(s.photo.exposure * 9),
          static_cast<float>(s.photo.light.from_x * 2),
          static_cast<float>(s.photo.noise_sigma / 3),
          static_cast<float>(s.pose.yaw_deg / 10),
          static_cast<float>(s.pose.pitch_deg / 5),
          static_cast<float>(s.zoom * 25),
          static_cast<float>(s.offset_share.x * 60)};
}

/// Accuracy of the nearest class mean: means from the first half, tested on the second.
double nearest_mean_accuracy(const std::vector<std::vector<float>>& features, const std::vector<int>& labels) {
  const std::size_t half = features.size() / 2, width = features[0].size();
  std::vector<std::vector<double>> means(expression_count, std::vector<double>(width, 0.0));
  std::vector<double> counts(expression_count, 0.0);
  for (std::size_t i = 0; i < half; ++i) {
    const auto c = static_cast<std::size_t>(labels[i]);
    ++counts[c];
    for (std::size_t k = 0; k < width; ++k) means[c][k] += features[i][k];
  }
  std::size_t right = 0;
  for (std::size_t i = half; i < features.size(); ++i) {
    std::size_t best = 0;
    double best_distance = 1e30;
    for (std::size_t c = 0; c < expression_count; ++c) {
      double distance = 0;
      for (std::size_t k = 0; k < width; ++k) distance += std::pow(features[i][k] - means[c][k] / counts[c], 2);
      if (distance < best_distance) best_distance = distance, best = c;
    }
    right += best == static_cast<std::size_t>(labels[i]);
  }
  return static_cast<double>(right) / static_cast<double>(features.size() - half);
}

TEST(Leaks, action_units_tell_the_class_and_everything_else_does_not) {
  std::vector<std::vector<float>> units, rest;
  std::vector<int> labels;
  for (int i = 0; i < 3000; ++i) {
    const Scene scene = draw_scene(31, i, {});
    const auto p = emotion_distribution(scene.strengths, scene.action);
    labels.push_back(static_cast<int>(std::max_element(p.begin(), p.end()) - p.begin()));
    // The two sides apart: the class mean then sees that contempt is one-sided.
    auto values = scene.action.intensities();
    for (const ActionUnit u : {lip_corner_puller, dimpler})
      values.push_back(static_cast<float>(5 * std::abs(scene.action(u, 0) - scene.action(u, 1))));
    units.push_back(values);
    rest.push_back(nuisance(scene));
  }
  EXPECT_GT(nearest_mean_accuracy(units, labels), 0.85);
  EXPECT_LT(nearest_mean_accuracy(rest, labels), 0.17);  // chance is 0.125, three deviations of 1500 draws are 0.026
}

TEST(Leaks, mean_colours_of_the_picture_do_not_tell_the_class) {
  std::vector<std::vector<float>> colours;
  std::vector<int> labels;
  for (int i = 0; i < 1200; ++i) {
    const ProceduralFace face = draw_face(32, i, {.size_px = 24});
    const cv::Scalar inside = cv::mean(face.image, face.mask), outside = cv::mean(face.image, face.mask == 0);
    colours.push_back({static_cast<float>(inside[0]), static_cast<float>(inside[1]), static_cast<float>(inside[2]),
                       static_cast<float>(outside[0]), static_cast<float>(outside[1]), static_cast<float>(outside[2])});
    labels.push_back(face.label);
  }
  EXPECT_LT(nearest_mean_accuracy(colours, labels), 0.2);
}

TEST(Scene, same_identity_keeps_shape_and_style_across_indices) {
  const ProceduralOptions options{.identities = 2};
  std::vector<Scene> of[2];
  for (int i = 0; i < 20; ++i) {
    Scene scene = draw_scene(33, i, options);
    of[scene.identity.name == draw_identity(33, 0).name ? 0 : 1].push_back(scene);
  }
  for (const auto& scenes : of) {
    ASSERT_GT(scenes.size(), 1u);
    for (const auto& scene : scenes) {
      const HeadLandmarks a = shape_face(scene.identity, {}), b = shape_face(scenes[0].identity, {});
      for (std::size_t k = 0; k < 68; ++k) EXPECT_EQ(a[k], b[k]);
      EXPECT_EQ(scene.identity.skin, scenes[0].identity.skin);
      EXPECT_EQ(scene.identity.hair, scenes[0].identity.hair);
      EXPECT_EQ(scene.identity.glasses, scenes[0].identity.glasses);
    }
  }
  EXPECT_NE(shape_face(of[0][0].identity, {})[48], shape_face(of[1][0].identity, {})[48]);
}

}  // namespace
}  // namespace mien::procedural
