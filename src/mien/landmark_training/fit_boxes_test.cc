// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/fit_boxes.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/landmark_network_fixture.h"
#include "mien/landmark_training/landmark_data.h"

namespace mien {
namespace {

TEST(FitBoxes, WritesTheFitIntoTheNetwork) {
  TemporaryFolder folder;
  const auto from = folder.path() / "a.onnx", to = folder.path() / "b.onnx";
  const LandmarkFrame frame = testing::ellipse_frame(1);
  graph::write_onnx(testing::fixed_landmark_network(frame, 0), from);
  const Dataset faces = open_landmark_data("procedural:9");
  // Boxes made so that the frame's middle lies 0.25 of their side below theirs, and is twice as large.
  FaceBoxes boxes{"made", {}};
  for (std::int64_t i = 0; i < 9; ++i) {
    const Affine a = frame_from_points(frame, load_landmark_face(faces, i).annotations.landmarks);
    const cv::Point2f middle = apply_affine(a, {{0.5f, 0.5f}})[0];
    const auto side = static_cast<float>(std::hypot(a(0, 0), a(1, 0)) / 2);
    Detection d;
    d.box = {middle.x + 0.5f - side / 2, middle.y + 0.5f - 0.75f * side, side, side};
    boxes.boxes.emplace_back(d);
  }
  boxes.boxes[3].reset();
  const FrameFromBox fit = fit_network_boxes(faces, boxes, from, to);
  EXPECT_NEAR(fit.dx, 0, 1e-5);
  EXPECT_NEAR(fit.dy, 0.25, 1e-5);
  EXPECT_NEAR(fit.scale, 2, 1e-5);
  const LandmarkFrame written = parse_landmark_frame(graph::read_onnx(to).metadata.at(landmark_frame_key), "b");
  EXPECT_NEAR(written.boxes.at("made").dy, 0.25, 1e-5);
  EXPECT_NEAR(written.boxes.at("dlib").scale, 1.5, 1e-9);  // what was there stays

  for (auto& box : boxes.boxes) box.reset();
  EXPECT_THROW(fit_network_boxes(faces, boxes, from, to), Error);
  write_atomically(to, "no network");
  EXPECT_THROW(fit_network_boxes(faces, boxes, to, to), Error);
}

}  // namespace
}  // namespace mien
