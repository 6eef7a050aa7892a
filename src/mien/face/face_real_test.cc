// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "mien/base/csv.h"
#include "mien/base/text.h"
#include "mien/face/candidates.h"
#include "mien/face/detector.h"
#include "mien/face/detector_score.h"
#include "mien/face/landmark_model.h"
#include "mien/image/decode.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> shared_file(const std::string& name) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / name)) return std::nullopt;
  return *shared / name;
}

#define FILE_OR_SKIP(variable, name)                           \
  const auto variable##_or_none = shared_file(name);           \
  if (!variable##_or_none) GTEST_SKIP() << "needs " << (name); \
  const fs::path& variable = *variable##_or_none

std::unique_ptr<FaceDetector> onnx(const fs::path& model) {
  DetectorOptions options;
  options.kind = "onnx";
  options.model = model;
  options.min_face_px = 16;
  return make_face_detector(options);
}

void expect_near(const cv::Rect2f& a, const cv::Rect2f& b, double tolerance) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.width, b.width, tolerance);
  EXPECT_NEAR(a.height, b.height, tolerance);
}

// The numbers of the next two tests come from OpenCV 4.6's dnn module on the same files and pixels, decoded in NumPy.

TEST(YunetFile, AnswersAsInOpencv) {
  FILE_OR_SKIP(model, "models/yunet_s_640_640.onnx");
  FILE_OR_SKIP(picture, "data/media/astronaut.png");
  const auto found = onnx(model)->detect(read_image(picture));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.93233, 1e-4);
  expect_near(found[0].box, {178.167F, 62.908F, 89.900F, 113.332F}, 0.01);
  const Points expected = {
      {200.116F, 101.82F}, {247.134F, 102.619F}, {220.367F, 124.545F}, {198.613F, 142.774F}, {239.668F, 143.638F}};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_LT(cv::norm(found[0].points[i] - expected[i]), 0.01) << i;
}

TEST(UltrafaceFile, AnswersAsInOpencv) {
  FILE_OR_SKIP(model, "models/version-RFB-320.onnx");
  FILE_OR_SKIP(picture, "data/media/astronaut.png");
  const auto found = onnx(model)->detect(read_image(picture));
  ASSERT_EQ(found.size(), 1u);
  const float scale = 512 / 240.0F;
  EXPECT_NEAR(found[0].score, 0.9999925, 1e-5);
  expect_near(found[0].box, {84.2236F * scale, 30.4367F * scale, (125.1083F - 84.2236F) * scale, (81.3554F - 30.4367F) * scale},
              0.02);
}

/// Faces to be seen in the pictures, and how many each detector finds at least; nothing else may be found.
struct Seen {
  std::string name;
  int faces, dlib, cascade, yunet, ultraface;
};
const std::vector<Seen> kSeen = {
    {"astronaut.png", 1, 1, 1, 1, 1}, {"lisa1.jpg", 1, 1, 1, 1, 1},        {"lisa2.jpg", 1, 1, 1, 1, 1},
    {"lisa3.jpg", 1, 1, 1, 1, 1},     {"lisa4.jpg", 1, 1, 1, 1, 1},        {"zoom_15cm.jpg", 1, 1, 1, 1, 1},
    {"zoom_30cm.jpg", 1, 1, 1, 1, 1}, {"zoom_45cm.jpg", 1, 1, 1, 1, 1},    {"zoom_60cm.jpg", 1, 1, 1, 1, 1},
    {"face.jpg", 4, 3, 3, 4, 4},      {"grace_hopper.bmp", 1, 1, 1, 1, 1}, {"cat.bmp", 0, 0, 0, 0, 0},
    {"multi_face.jpg", 5, 4, 4, 5, 5}};

void expect_seen(FaceDetector& detector, const fs::path& media, int Seen::*least, int most_extra) {
  int extra = 0;
  for (const auto& seen : kSeen) {
    const int count = static_cast<int>(detector.detect(read_image(media / seen.name)).size());
    EXPECT_GE(count, seen.*least) << seen.name;
    extra += std::max(0, count - seen.faces);
  }
  EXPECT_LE(extra, most_extra) << detector.name();
}

TEST(Detectors, SeeTheFacesOfThePictures) {
  FILE_OR_SKIP(media, "data/media");
  DetectorOptions options;
  options.min_face_px = 60;
  expect_seen(*make_face_detector(options), media, &Seen::dlib, 0);
  options.kind = "cascade";
  expect_seen(*make_face_detector(options), media, &Seen::cascade, 1);
}

TEST(OnnxDetectors, SeeTheFacesOfThePictures) {
  FILE_OR_SKIP(media, "data/media");
  FILE_OR_SKIP(yunet, "models/yunet_s_640_640.onnx");
  FILE_OR_SKIP(ultraface, "models/version-RFB-320.onnx");
  DetectorOptions options;
  options.kind = "onnx";
  options.model = yunet;
  expect_seen(*make_face_detector(options), media, &Seen::yunet, 0);
  options.model = ultraface;
  expect_seen(*make_face_detector(options), media, &Seen::ultraface, 0);
}

TEST(Detectors, FindTheGroups) {
  FILE_OR_SKIP(boxes, "data/media/boxes.csv");
  DetectorOptions options;
  options.min_face_px = 32;
  Progress progress;
  EXPECT_GE(score_detector(*make_face_detector(options), read_expected_faces(boxes), 0.3, progress).found, 16);
}

/// Faces of landmarks68, every 40th.
struct LandmarkFace {
  cv::Mat image;
  Points truth;
};
std::vector<LandmarkFace> landmark_faces(const fs::path& folder) {
  const auto table = read_csv(folder / "landmarks.csv", true);
  const auto x = static_cast<std::size_t>(table.column("x_0")), y = static_cast<std::size_t>(table.column("y_0"));
  std::vector<LandmarkFace> faces;
  for (std::size_t row = 0; row < table.rows.size(); row += 40) {
    LandmarkFace face{read_image(folder / "images" / table.rows[row][0]), {}};
    for (std::size_t k = 0; k < 68; ++k)
      face.truth.emplace_back(static_cast<float>(parse_real(table.rows[row][x + k], table.where(row))),
                              static_cast<float>(parse_real(table.rows[row][y + k], table.where(row))));
    faces.push_back(std::move(face));
  }
  return faces;
}

/// Mean error in distances of the outer eye corners over the faces that the detector finds, at least `least` of them.
double mean_error(const std::vector<LandmarkFace>& faces, FaceDetector& detector, LandmarkModel& model, std::size_t least) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& face : faces)
    for (const auto& d : detector.detect(face.image)) {
      if (box_overlap(d.box, bounding_box(face.truth)) < 0.3) continue;
      const auto points = model.find(face.image, d, detector.name()).points;
      for (std::size_t i = 0; i < 68; ++i) sum += cv::norm(points[i] - face.truth[i]) / inter_ocular_distance(face.truth) / 68;
      ++count;
      break;
    }
  EXPECT_GE(count, least) << detector.name();
  return sum / static_cast<double>(std::max<std::size_t>(count, 1));
}

// The reference points are coarse: 6.9 % is what the packaged trees reach with the boxes that they were trained with.
TEST(ForestLandmarks, DependLittleOnTheDetector) {
  FILE_OR_SKIP(folder, "data/landmarks68");
  const auto faces = landmark_faces(folder);
  const auto model = make_landmark_model();
  const std::size_t most = faces.size() * 9 / 10;
  EXPECT_LT(mean_error(faces, *make_face_detector(), *model, most), 0.078);
  DetectorOptions cascade;
  cascade.kind = "cascade";
  EXPECT_LT(mean_error(faces, *make_face_detector(cascade), *model, most), 0.078);
  FILE_OR_SKIP(yunet, "models/yunet_s_640_640.onnx");
  EXPECT_LT(mean_error(faces, *onnx(yunet), *model, faces.size()), 0.078);
}

}  // namespace
}  // namespace mien
