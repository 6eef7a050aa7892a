// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/annotate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "mien/procedural/clip.h"

namespace mien {
namespace {

AnalysisInfo fer_plus() {
  AnalysisInfo info;
  info.class_names = {"neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"};
  return info;
}

FaceResult face_at(const cv::Rect2f& box, int identity = 0) {
  FaceResult face;
  face.identity = identity;
  face.box = box;
  face.label = 1;
  face.probabilities = {0.1f, 0.7f, 0.05f, 0.05f, 0.04f, 0.03f, 0.02f, 0.01f};
  return face;
}

FrameResult frame_with(std::vector<FaceResult> faces) {
  FrameResult frame;
  frame.faces = std::move(faces);
  return frame;
}

/// Where two pictures differ.
cv::Mat changed(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat difference, gray;
  cv::absdiff(a, b, difference);
  cv::cvtColor(difference, gray, cv::COLOR_RGB2GRAY);
  return gray > 2;
}

constexpr AnnotateOptions kNothing{.boxes = false, .landmarks = false, .labels = false, .pose = false, .bars = false};

TEST(Annotate, LeavesThePictureItselfAlone) {
  const cv::Mat image(200, 300, CV_8UC3, cv::Scalar(90, 100, 110)), before = image.clone();
  const cv::Mat drawn = annotate(image, frame_with({face_at({100, 60, 80, 90})}), fer_plus());
  EXPECT_EQ(cv::norm(image, before, cv::NORM_INF), 0);
  EXPECT_GT(cv::countNonZero(changed(drawn, image)), 500);
  EXPECT_EQ(drawn.size(), image.size());
  EXPECT_EQ(drawn.type(), CV_8UC3);
}

TEST(Annotate, WithoutFacesOrWishesDrawsNothing) {
  const cv::Mat image(200, 300, CV_8UC3, cv::Scalar(90, 100, 110));
  EXPECT_EQ(cv::norm(annotate(image, {}, fer_plus()), image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(annotate(image, frame_with({face_at({100, 60, 80, 90})}), fer_plus(), kNothing), image, cv::NORM_INF), 0);
  EXPECT_TRUE(annotate(cv::Mat(), {}, fer_plus()).empty());
}

TEST(Annotate, DrawsTheBoxWhereItIs) {
  const cv::Mat image(400, 600, CV_8UC3, cv::Scalar(90, 100, 110));
  AnnotateOptions options = kNothing;
  options.boxes = true;
  const cv::Rect box(200, 100, 160, 180);
  const cv::Mat where = changed(annotate(image, frame_with({face_at(box)}), fer_plus(), options), image);
  cv::Mat points;
  cv::findNonZero(where, points);
  const cv::Rect drawn = cv::boundingRect(points);
  EXPECT_NEAR(drawn.x, box.x, 4);
  EXPECT_NEAR(drawn.y, box.y, 4);
  EXPECT_NEAR(drawn.br().x, box.br().x, 4);
  EXPECT_NEAR(drawn.br().y, box.br().y, 4);
  EXPECT_EQ(cv::countNonZero(where(cv::Rect(230, 130, 100, 120))), 0) << "the face itself stays visible";
}

TEST(Annotate, DrawsLandmarksAtTheirPoints) {
  const ClipFrame clip = draw_clip(1, 1, {.width = 640, .height = 360, .noise = 0});
  FaceResult face = face_at(cv::boundingRect(clip.people.at(0).landmarks));
  face.landmarks = clip.people[0].landmarks;
  AnnotateOptions options = kNothing;
  options.landmarks = true;
  const cv::Mat where = changed(annotate(clip.image, frame_with({face}), fer_plus(), options), clip.image);
  for (const auto& p : face.landmarks) EXPECT_NE(where.at<std::uint8_t>(cvRound(p.y), cvRound(p.x)), 0) << p;
  EXPECT_EQ(cv::countNonZero(where(cv::Rect(400, 0, 240, 100))), 0);
}

/// The end of the longest stroke of a colour, from the origin.
cv::Point2d axis_end(const cv::Mat& drawn, const cv::Point& origin, const cv::Vec3b& color) {
  cv::Point2d far;
  for (int y = 0; y < drawn.rows; ++y)
    for (int x = 0; x < drawn.cols; ++x)
      if (cv::norm(drawn.at<cv::Vec3b>(y, x), color, cv::NORM_INF) < 30 &&
          cv::norm(cv::Point2d(cv::Point(x, y) - origin)) > cv::norm(far))
        far = cv::Point(x, y) - origin;
  return far;
}

TEST(Annotate, PoseAxesTurnWithTheHead) {
  const cv::Mat image(400, 400, CV_8UC3, cv::Scalar(20, 20, 20));
  AnnotateOptions options = kNothing;
  options.pose = true;
  const auto gaze = [&](double yaw, double pitch, double roll) {
    FaceResult face = face_at({100, 100, 200, 200});
    face.pose.yaw_deg = yaw, face.pose.pitch_deg = pitch, face.pose.roll_deg = roll;
    face.pose.translation_mm = {0, 0, 600};
    return annotate(image, frame_with({face}), fer_plus(), options);
  };
  const cv::Point nose(200, 210);
  const cv::Vec3b blue(62, 124, 240), red(226, 74, 66);
  // Positive yaw looks to the right of the picture, positive pitch down, positive roll is clockwise: 0.45 of the box long.
  EXPECT_NEAR(axis_end(gaze(40, 0, 0), nose, blue).x, 90 * std::sin(40 * CV_PI / 180), 5);
  EXPECT_NEAR(axis_end(gaze(0, 30, 0), nose, blue).y, 90 * std::sin(30 * CV_PI / 180), 5);
  const cv::Point2d right = axis_end(gaze(0, 0, 30), nose, red);
  EXPECT_NEAR(right.x, 90 * std::cos(30 * CV_PI / 180), 5);
  EXPECT_NEAR(right.y, 90 * std::sin(30 * CV_PI / 180), 5);
}

TEST(Annotate, PeopleHaveTheirColours) {
  const cv::Mat image(400, 600, CV_8UC3, cv::Scalar(20, 20, 20));
  AnnotateOptions options = kNothing;
  options.boxes = true;
  const auto color_of = [&](int identity) {
    const cv::Mat drawn = annotate(image, frame_with({face_at({200, 100, 160, 180}, identity)}), fer_plus(), options);
    cv::Vec3b best;
    for (int y = 90; y < 130; ++y)
      for (int x = 190; x < 230; ++x)
        if (cv::norm(drawn.at<cv::Vec3b>(y, x)) > cv::norm(best)) best = drawn.at<cv::Vec3b>(y, x);
    return best;
  };
  for (int a = 0; a < 7; ++a)
    for (int b = 0; b < a; ++b) EXPECT_GT(cv::norm(color_of(a), color_of(b), cv::NORM_L1), 40) << a << " and " << b;
  EXPECT_EQ(color_of(0), color_of(7));
  EXPECT_EQ(color_of(-1), color_of(0));
}

TEST(Annotate, UncertainFacesAreGray) {
  const cv::Mat image(400, 600, CV_8UC3, cv::Scalar(20, 20, 20));
  AnnotateOptions options = kNothing;
  options.labels = true;
  const auto colourful = [&](bool uncertain) {
    FaceResult face = face_at({200, 100, 160, 180}, -1);
    face.uncertain = uncertain;
    const cv::Mat drawn = annotate(image, frame_with({face}), fer_plus(), options);
    int count = 0;
    for (int y = 0; y < drawn.rows; ++y)
      for (int x = 0; x < drawn.cols; ++x) {
        const auto& c = drawn.at<cv::Vec3b>(y, x);
        count += std::max({c[0], c[1], c[2]}) - std::min({c[0], c[1], c[2]}) > 50;
      }
    return count;
  };
  EXPECT_GT(colourful(false), 500);
  EXPECT_EQ(colourful(true), 0);
}

TEST(Annotate, TextGrowsWithThePicture) {
  AnnotateOptions options = kNothing;
  options.labels = true;
  const auto plate = [&](cv::Size size) {
    const cv::Mat image(size, CV_8UC3, cv::Scalar(20, 20, 20));
    const auto w = static_cast<float>(size.width), h = static_cast<float>(size.height);
    const cv::Mat where =
        changed(annotate(image, frame_with({face_at({0.4f * w, 0.4f * h, 0.2f * w, 0.3f * h})}), fer_plus(), options), image);
    cv::Mat points;
    cv::findNonZero(where, points);
    return cv::boundingRect(points).size();
  };
  EXPECT_NEAR(plate({3840, 2160}).height / static_cast<double>(plate({1280, 720}).height), 3, 0.4);
  EXPECT_LT(plate({100, 100}).width, 101);
  EXPECT_LT(plate({1280, 720}).height, 40);
}

TEST(Annotate, StandsEverything) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  std::vector<FaceResult> faces;
  for (const cv::Rect2f& box : {cv::Rect2f(-500, -500, 100, 100),
                                {-50, -50, 1000, 1000},
                                {90, 90, 50, 50},
                                {1e9f, 0, 10, 10},
                                {nan, 0, 10, 10},
                                {0, 0, inf, 10},
                                {0, 0, 0, 0},
                                {5, 5, -3, 4},
                                {-90000, -90000, 99000, 99000},
                                {20, 20, 0.5f, 0.5f}})
    faces.push_back(face_at(box, static_cast<int>(faces.size())));
  FaceResult odd = face_at({10, 10, 40, 40}, std::numeric_limits<int>::max());
  odd.probabilities = {nan, inf, -1, 5};
  odd.label = 77;
  odd.landmarks.assign(68, {1e30f, -1e30f});
  odd.pose.yaw_deg = nan;
  faces.push_back(odd);
  odd.landmarks.assign(68, {nan, nan});
  odd.label = 2;
  odd.pose = {};
  odd.pose.translation_mm = {0, 0, 1};
  faces.push_back(odd);
  odd.landmarks.assign(5, {20, 20});
  odd.probabilities.clear();
  faces.push_back(odd);
  AnalysisInfo info = fer_plus();
  info.class_names[2] = std::string(300, 'w') + "\xC3\xA4\xFF\n";
  for (const cv::Size size : {cv::Size(100, 100), cv::Size(1, 1), cv::Size(7, 300), cv::Size(1920, 30)}) {
    const cv::Mat image(size, CV_8UC3, cv::Scalar(20, 20, 20));
    EXPECT_EQ(annotate(image, frame_with(faces), info, {.pose = true}).size(), size);
  }
}

}  // namespace
}  // namespace mien
