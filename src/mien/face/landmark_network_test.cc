// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/face/landmark_frame.h"
#include "mien/face/landmark_network_fixture.h"

namespace mien {
namespace {

using testing::ellipse_frame;
using testing::fixed_landmark_network;

void expect_point(const cv::Point2f& found, double x, double y, double tolerance = 1e-3) {
  EXPECT_NEAR(found.x, x, tolerance);
  EXPECT_NEAR(found.y, y, tolerance);
}

std::unique_ptr<LandmarkModel> network(const LandmarkFrame& frame, float shift_x, float factor = 0, int columns = 1) {
  const std::string bytes = graph::serialize_onnx(fixed_landmark_network(frame, shift_x, factor, columns));
  return make_landmark_network(
      runtime::Model::parse(bytes.data(), bytes.size(), "fixed", {.precision = runtime::Precision::fp32}), "fixed");
}

std::string message(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LandmarkFrame, FromABoxByHand) {
  // s = sqrt(90 * 40) = 60; middle of the box in pixel centres (45 + 10 - 0.5, 20 + 30 - 0.5) = (54.5, 49.5);
  // the frame's middle (54.5 + 6, 49.5 - 12), its side 90.
  const Affine a = frame_from_box(ellipse_frame(1), {10, 30, 90, 40}, "dlib");
  const auto corners = apply_affine(a, {{0, 0}, {1, 1}});
  expect_point(corners[0], 60.5 - 45, 37.5 - 45);
  expect_point(corners[1], 60.5 + 45, 37.5 + 45);
}

TEST(LandmarkFrame, AnUnknownDetectorFramesThePointsTightly) {
  const LandmarkFrame frame = ellipse_frame(1);
  Points points;
  for (const auto& p : frame.shape) points.emplace_back(100 + 80 * p.x, 50 + 80 * p.y);
  cv::Rect2f box = bounding_box(points);
  box.x += 0.5f, box.y += 0.5f;  // edges of boxes lie half a pixel off pixel centres
  const auto corners = apply_affine(frame_from_box(frame, box, "unknown"), {{0, 0}, {1, 1}});
  expect_point(corners[0], 100, 50);
  expect_point(corners[1], 180, 130);
}

TEST(LandmarkFrame, FitRecoversTheWayADetectorFrames) {
  const LandmarkFrame frame = ellipse_frame(1);
  Random random(4);
  std::vector<cv::Rect2f> boxes;
  std::vector<Points> faces;
  for (int i = 0; i < 31; ++i) {
    const cv::Rect2f box(static_cast<float>(random.uniform(0, 300)), static_cast<float>(random.uniform(0, 300)),
                         static_cast<float>(random.uniform(40, 200)), static_cast<float>(random.uniform(40, 200)));
    const Affine truth = frame_from_box(frame, box, "dlib");
    boxes.push_back(box);
    faces.push_back(apply_affine(truth, frame.shape));
    if (i % 10 == 9) boxes.back().x += 500;  // three wrong boxes do not matter
  }
  const FrameFromBox fit = fit_frame_from_boxes(frame, boxes, faces);
  EXPECT_NEAR(fit.dx, 0.1, 1e-3);
  EXPECT_NEAR(fit.dy, -0.2, 1e-4);
  EXPECT_NEAR(fit.scale, 1.5, 1e-4);
}

TEST(LandmarkFrame, JsonRoundTrip) {
  const LandmarkFrame frame = ellipse_frame(3);
  const LandmarkFrame again = parse_landmark_frame(to_json(frame), "here");
  EXPECT_EQ(again.size_px, 16);
  EXPECT_EQ(again.looks, 3);
  EXPECT_DOUBLE_EQ(again.boxes.at("dlib").dy, -0.2);
  for (int k = 0; k < 68; ++k) expect_point(again.shape[k], frame.shape[k].x, frame.shape[k].y, 1e-6);
}

TEST(LandmarkFrame, RefusesDamagedMetadata) {
  const std::string good = to_json(ellipse_frame(1));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return message([&] { parse_landmark_frame(text, "net.onnx"); });
  };
  EXPECT_NE(with("\"size\":16", "\"size\":1e9").find("net.onnx: metadata entry 'mien.landmarks68': expected 'size'"),
            std::string::npos);
  EXPECT_NE(with("\"size\"", "\"sides\"").find("lacks 'size'"), std::string::npos);
  EXPECT_NE(with("\"gray\"", "\"rgb\"").find("color"), std::string::npos);
  EXPECT_NE(with("[0.75,0.5]", "[0.75]"), "");
  EXPECT_NE(with("[0.75,0.5],", ""), "");
  EXPECT_NE(with("[0.1,-0.2,1.5]", "[0.1,-0.2,0]"), "");
  for (std::size_t cut = 0; cut < good.size(); cut += 7)
    EXPECT_NE(message([&] { parse_landmark_frame(good.substr(0, cut), "x"); }), "") << cut;
}

TEST(LookAtFrame, SamplesARampExactly) {
  // gray = 2 x + y: bilinear sampling of a ramp is exact, and so are block means.
  cv::Mat image(100, 80, CV_8UC1);
  for (int y = 0; y < 100; ++y)
    for (int x = 0; x < 80; ++x) image.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>((2 * x + y) % 256);
  image = image.colRange(0, 75);
  const Affine turned{10, -8, 30, 8, 10, 40};  // side sqrt(164) = 12.8: no shrinking for 16 px
  const cv::Mat small = look_at_frame(image, turned, 16);
  const Affine large{32, 0, 5, 0, 32, 7};  // twice 16
  const cv::Mat shrunk = look_at_frame(image, large, 16);
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 16; ++column) {
      const cv::Point2f at((column + 0.5f) / 16, (row + 0.5f) / 16);
      const cv::Point2f p = apply_affine(turned, {at})[0], q = apply_affine(large, {at})[0];
      EXPECT_NEAR(small.at<float>(row, column), 2 * p.x + p.y, 1e-3);
      EXPECT_NEAR(shrunk.at<float>(row, column), 2 * q.x + q.y, 0.51);  // blocks are rounded to whole values
    }
}

TEST(LookAtFrame, EdgePixelsGoOnOutside) {
  const cv::Mat image(10, 10, CV_8UC3, cv::Scalar(7, 7, 7));
  for (const Affine& frame : {Affine{20, 0, -5, 0, 20, -5}, Affine{5, 0, 500, 0, 5, -700}, Affine{5000, 0, -9, 0, 5000, -9}}) {
    const cv::Mat seen = look_at_frame(image, frame, 16);
    EXPECT_EQ(cv::countNonZero(seen != 7), 0);
  }
  EXPECT_THROW(look_at_frame(image, Affine{0, 0, 0, 0, 0, 0}, 16), Error);
  EXPECT_THROW(look_at_frame(image, Affine{NAN, 0, 0, 0, 1, 0}, 16), Error);
  EXPECT_THROW(look_at_frame(cv::Mat(), Affine{5, 0, 0, 0, 5, 0}, 16), Error);
}

TEST(LookAtFrame, Standardised) {
  cv::Mat values = (cv::Mat_<float>(1, 4) << 10, 20, 30, 40);  // mean 25, deviation sqrt(125) = 11.18034
  standardise(values);
  EXPECT_NEAR(values.at<float>(0), -15 / 15.18034, 1e-5);
  EXPECT_NEAR(values.at<float>(3), 15 / 15.18034, 1e-5);
}

TEST(LandmarkNetwork, MapsItsAnswerBackToTheImage) {
  const LandmarkFrame frame = ellipse_frame(1);
  const cv::Mat image(200, 200, CV_8UC3, cv::Scalar(50, 60, 70));
  Detection face;
  face.box = {50, 60, 40, 40};
  const auto found = network(frame, 0.05f)->find(image, face, "dlib");
  // Frame: middle (69.5 + 4, 79.5 - 8), side 60.
  ASSERT_EQ(found.points.size(), 68u);
  for (int k = 0; k < 68; ++k)
    expect_point(found.points[k], 73.5 + 60 * (frame.shape[k].x + 0.05 - 0.5), 71.5 + 60 * (frame.shape[k].y - 0.5));
  EXPECT_FLOAT_EQ(found.confidence, 0.5f);
}

TEST(LandmarkNetwork, LooksAgainFromWhatItFound) {
  // Each look finds the face 0.05 frames further right.
  const LandmarkFrame frame = ellipse_frame(3);
  const cv::Mat image(200, 200, CV_8UC1, cv::Scalar(50));
  Detection face;
  face.box = {50, 60, 40, 40};
  const auto found = network(frame, 0.05f)->find(image, face, "dlib");
  expect_point(found.points[0], 73.5 + 60 * (0.75 + 0.15 - 0.5), 71.5);
}

TEST(LandmarkNetwork, FollowsATurnedFace) {
  const LandmarkFrame frame = ellipse_frame(2);
  const cv::Mat image(300, 300, CV_8UC1, cv::Scalar(50));
  const Affine truth{60, -80, 120, 80, 60, 70};  // side 100, turned
  const Points before = apply_affine(truth, frame.shape);
  const auto model = network(frame, 0);
  const auto found = model->clone()->follow(image, before);
  for (int k = 0; k < 68; ++k) expect_point(found.points[k], before[k].x, before[k].y, 2e-3);
  EXPECT_THROW(model->follow(image, Points(5)), Error);
}

TEST(LandmarkNetwork, FivePointsOfTheDetectorTurnTheFirstFrame) {
  const LandmarkFrame frame = ellipse_frame(1);
  const Affine truth{60, -80, 120, 80, 60, 70};
  const auto five = five_points(frame.shape);
  Detection face;
  face.box = {0, 0, 10, 10};  // not looked at
  face.points = apply_affine(truth, {five.begin(), five.end()});
  const auto found = network(frame, 0)->find(cv::Mat(300, 300, CV_8UC1, cv::Scalar(50)), face, "yunet");
  const Points expected = apply_affine(truth, frame.shape);
  for (int k = 0; k < 68; ++k) expect_point(found.points[k], expected[k].x, expected[k].y, 2e-3);
}

TEST(LandmarkNetwork, SeesTheFramesPixels) {
  // The left half of the frame is dark, the right half bright: the first pixel is -d / (d + 4) after standardising, d = 100.
  cv::Mat image(100, 100, CV_8UC1, cv::Scalar(0));
  image.colRange(50, 100).setTo(200);
  LandmarkFrame frame = ellipse_frame(1);
  frame.boxes["half"] = {0, 0, 1};
  Detection face;
  face.box = {42, 20, 16, 16};
  const auto found = network(frame, 0, 1, 1)->find(image, face, "half");
  EXPECT_NEAR(found.confidence, 1 / (1 + std::exp(100.0 / 104)), 1e-4);
}

TEST(LandmarkNetwork, RefusesFilesThatDoNotFit) {
  const LandmarkFrame frame = ellipse_frame(1);
  const auto refused = [](const graph::Graph& g) {
    const std::string bytes = graph::serialize_onnx(g);
    return message([&] { make_landmark_network(runtime::Model::parse(bytes.data(), bytes.size(), "n"), "n.onnx"); });
  };
  graph::Graph g = fixed_landmark_network(frame, 0);
  g.metadata.clear();
  EXPECT_NE(refused(g).find("n.onnx: lacks the metadata entry 'mien.landmarks68'"), std::string::npos);
  LandmarkFrame larger = frame;
  larger.size_px = 32;
  g = fixed_landmark_network(frame, 0);
  g.metadata[landmark_frame_key] = to_json(larger);
  EXPECT_NE(refused(g).find("[?x1x32x32]"), std::string::npos) << refused(g);
  g = fixed_landmark_network(frame, 0);
  g.outputs.pop_back();
  EXPECT_NE(refused(g).find("'face'"), std::string::npos) << refused(g);
  EXPECT_THROW(load_landmark_network("/nowhere/net.onnx"), Error);
}

TEST(LandmarkNetwork, LoadsFromAFile) {
  TemporaryFolder folder;
  const auto file = folder.path() / "net.onnx";
  graph::write_onnx(fixed_landmark_network(ellipse_frame(1), 0), file);
  EXPECT_EQ(load_landmark_network(file)->name(), "mien");
  EXPECT_TRUE(is_landmark_network(runtime::Model::load(file.string())));
}

}  // namespace
}  // namespace mien
