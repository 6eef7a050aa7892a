// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_model.h"

#include <gmock/gmock.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/face_frame.h"
#include "mien/face/mesh_landmarks.h"
#include "mien/graph/onnx_file.h"
#include "mien/image/color.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

using ::testing::HasSubstr;

double error_of(const Points& points, const Points& truth) {
  double sum = 0;
  for (std::size_t i = 0; i < 68; ++i) sum += cv::norm(points[i] - truth[i]);
  return sum / 68 / inter_ocular_distance(truth);
}

/// The packaged trees, read once.
LandmarkModel& forest() {
  static const auto model = make_landmark_model();
  return *model;
}

Detection dlib_box(const Points& truth) {
  // The box of the average face laid over these points.
  const auto& face = average_face();
  const double side = inter_ocular_distance(truth) / inter_ocular_distance(face);
  cv::Point2f middle(0, 0), face_middle(0, 0);
  for (std::size_t i = 0; i < 68; ++i) {
    middle += truth[i] * (1 / 68.0F);
    face_middle += face[i] * (1 / 68.0F);
  }
  return {{static_cast<float>(middle.x - face_middle.x * side), static_cast<float>(middle.y - face_middle.y * side),
           static_cast<float>(side), static_cast<float>(side)},
          1,
          {}};
}

TEST(ForestLandmarks, FindDrawnFaces) {
  ProceduralOptions options;
  options.size_px = 200;
  double sum = 0;
  for (int i = 0; i < 20; ++i) {
    const auto face = draw_face(11, i, options);
    const auto found = forest().find(face.image, dlib_box(face.landmarks), "dlib");
    ASSERT_EQ(found.points.size(), 68u);
    EXPECT_TRUE(found.mesh.empty());
    EXPECT_LT(error_of(found.points, face.landmarks), 0.12) << i;
    EXPECT_GT(found.confidence, 0.5) << i;
    sum += error_of(found.points, face.landmarks);
  }
  EXPECT_LT(sum / 20, 0.065);
}

TEST(ForestLandmarks, DoubtWhereThereIsNoFace) {
  cv::Mat noise(200, 200, CV_8UC1), plain(200, 200, CV_8UC1, cv::Scalar(120));
  cv::setRNGSeed(1);
  cv::randu(noise, 0, 255);
  int doubted = 0;
  for (int i = 0; i < 20; ++i)
    doubted +=
        forest().find(noise, {{static_cast<float>(3 * i), static_cast<float>(2 * i), 100, 100}, 1, {}}, "dlib").confidence < 0.5F;
  EXPECT_GE(doubted, 15);
}

TEST(ForestLandmarks, FollowATurningFace) {
  ProceduralOptions options;
  options.size_px = 240;
  options.noise = 0;
  const auto face = draw_expression(2, 1, 1, options);
  const auto rotated = [&](double degrees) { return rotate_image(face.image, degrees, true); };
  const auto truth = [&](double degrees) { return apply_affine(rotation_about_centre(degrees, 240, 240), face.landmarks); };
  auto points = forest().find(rotated(0), dlib_box(truth(0)), "dlib").points;
  for (int degrees = 4; degrees <= 60; degrees += 4) {
    const auto found = forest().follow(rotated(degrees), points);
    EXPECT_LT(error_of(found.points, truth(degrees)), 0.1) << degrees;
    EXPECT_GT(found.confidence, 0.5) << degrees;
    points = found.points;
  }
}

TEST(ForestLandmarks, AnswersDependOnTheArgumentsAlone) {
  ProceduralOptions options;
  options.size_px = 160;
  const auto face = draw_face(12, 3, options);
  const auto box = dlib_box(face.landmarks);
  const auto first = forest().find(face.image, box, "dlib");
  forest().follow(face.image, first.points);
  EXPECT_EQ(forest().find(face.image, box, "dlib").points, first.points);
  EXPECT_EQ(forest().clone()->find(face.image, box, "dlib").points, first.points);
  const cv::Mat gray = to_gray(face.image);
  EXPECT_EQ(forest().find(gray, box, "dlib").points, first.points);
  EXPECT_EQ(forest().find(to_rgb(gray), box, "dlib").points, first.points);
}

TEST(ForestLandmarks, OddArguments) {
  const cv::Mat image(50, 50, CV_8UC3, cv::Scalar(10, 20, 30));
  EXPECT_THROW(forest().find(cv::Mat(), {{0, 0, 10, 10}, 1, {}}, "dlib"), Error);
  EXPECT_THROW(forest().find(image, {{0, 0, 0, 10}, 1, {}}, "dlib"), Error);
  EXPECT_THROW(forest().follow(image, Points(5)), Error);
  EXPECT_NO_THROW(forest().find(image, {{-500, 900, 10, 10}, 1, {}}, "dlib"));
  EXPECT_NO_THROW(forest().find(image, {{-1e9F, -1e9F, 3e9F, 3e9F}, 1, {}}, "dlib"));
  EXPECT_NO_THROW(forest().find(cv::Mat(1, 1, CV_8UC1, cv::Scalar(0)), {{0, 0, 1, 1}, 1, {}}, "dlib"));
  EXPECT_NO_THROW(forest().follow(image, Points(68, {3, 3})));
}

TEST(MakeLandmarkModel, SaysWhatIsWrong) {
  const auto message = [](const fs::path& model) {
    try {
      make_landmark_model(model);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  const TemporaryFolder folder;
  EXPECT_THAT(message("/nowhere/model.dat"), HasSubstr("/nowhere/model.dat: no such file"));
  write_atomically(folder.path() / "text.dat", std::string_view("no trees"));
  EXPECT_THAT(message(folder.path() / "text.dat"), HasSubstr("text.dat: byte 0"));
  write_atomically(folder.path() / "text.onnx", std::string_view("no network"));
  EXPECT_THAT(message(folder.path() / "text.onnx"), HasSubstr("text.onnx"));
}

/// A mesh of drawn points.
std::vector<cv::Point3f> numbered_mesh(int count) {
  std::vector<cv::Point3f> mesh;
  for (int i = 0; i < count; ++i) mesh.emplace_back(static_cast<float>(i), static_cast<float>(2 * i), 1.0F);
  return mesh;
}

TEST(MeshTo68, TakesTheVerticesOfTheirPlaces) {
  const auto points = mesh_to_68(numbered_mesh(468));
  ASSERT_EQ(points.size(), 68u);
  EXPECT_EQ(points[8], cv::Point2f(152, 304));  // chin
  EXPECT_EQ(points[30], cv::Point2f(4, 8));     // nose tip
  EXPECT_EQ(points[36], cv::Point2f(33, 66));   // outer corner of the eye on the left of the picture
  EXPECT_EQ(points[45], cv::Point2f(263, 526));
  EXPECT_EQ(points[48], cv::Point2f(61, 122));
  EXPECT_EQ(points[54], cv::Point2f(291, 582));
  EXPECT_EQ(points[27], cv::Point2f(87, 174));  // between vertices 168 and 6
  EXPECT_EQ(mesh_to_68(numbered_mesh(478)), points);
  EXPECT_THROW(mesh_to_68(numbered_mesh(68)), Error);
}

/// Vertices that are mirror images of each other in MediaPipe's model of a head, as far as the 68 points use them.
const std::map<int, int>& mirror_vertices() {
  static const auto pairs = [] {
    std::map<int, int> m = {{152, 152}, {168, 168}, {6, 6}, {197, 197}, {195, 195}, {5, 5},
                            {4, 4},     {2, 2},     {0, 0}, {17, 17},   {13, 13},   {14, 14}};
    for (const auto& [a, b] : std::vector<std::pair<int, int>>{
             {127, 356}, {234, 454}, {93, 323},  {132, 361}, {58, 288},  {172, 397}, {136, 365}, {150, 379},
             {176, 400}, {70, 300},  {63, 293},  {105, 334}, {66, 296},  {107, 336}, {75, 305},  {97, 326},
             {33, 263},  {160, 387}, {158, 385}, {133, 362}, {153, 380}, {144, 373}, {61, 291},  {39, 269},
             {37, 267},  {91, 321},  {84, 314},  {78, 308},  {82, 312},  {87, 317}}) {
      m[a] = b;
      m[b] = a;
    }
    return m;
  }();
  return pairs;
}

TEST(MeshTo68, IsSymmetric) {
  // Each vertex is drawn at a place of its own, its mirror image at the mirrored place; no other vertex may be used.
  std::vector<cv::Point3f> mesh(468, {NAN, NAN, 0});
  for (const auto& [a, b] : mirror_vertices()) {
    const float away = a == b ? 0 : static_cast<float>(std::min(a, b) + 1) * (a < b ? -1.0F : 1.0F);
    mesh[static_cast<std::size_t>(a)] = {away, static_cast<float>(std::min(a, b)), 0};
  }
  const auto points = mesh_to_68(mesh);
  for (std::size_t i = 0; i < 68; ++i) {
    const auto& mirrored = points[static_cast<std::size_t>(flip_permutation_68()[i])];
    EXPECT_EQ(points[i].x, -mirrored.x) << i;
    EXPECT_EQ(points[i].y, mirrored.y) << i;
  }
}

/// A mesh network whose answer is known: vertex i lies at (i % 24 + 0.5, i / 24 + 0.5) * side / 24 pixels of its input with z = i
/// / 10; the presence logit is the mean of the input times 10.
std::string mesh_network(int points, graph::Dims input, int side, bool shares) {
  graph::Graph g;
  g.name = "mesh";
  g.opset = 13;
  std::vector<float> values;
  const float unit = shares ? 1.0F / 24 : static_cast<float>(side) / 24;
  for (int i = 0; i < points; ++i) {
    values.push_back((static_cast<float>(i % 24) + 0.5F) * unit);
    values.push_back((static_cast<float>(i / 24) + 0.5F) * unit);
    values.push_back(static_cast<float>(i) / 10 * (shares ? 1.0F / static_cast<float>(side) : 1.0F));
  }
  const auto x = g.add_value("input"), flat = g.add_value("flat"), mean = g.add_value("mean"), none = g.add_value("none");
  const auto mesh = g.add_constant("m", graph::Tensor::of(values).reshaped({1, 3 * points}));
  const auto zero = g.add_constant("zero", graph::Tensor::of(std::vector<float>{0}).reshaped({1, 1}));
  const auto ten = g.add_constant("ten", graph::Tensor::of(std::vector<float>{10}).reshaped({1, 1}));
  const auto out = g.add_value("landmarks"), presence = g.add_value("presence");
  const auto node = [&](const char* op, std::vector<graph::ValueId> inputs, graph::ValueId output) {
    graph::Node n;
    n.op = op;
    n.name = op;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    g.nodes.push_back(std::move(n));
    return &g.nodes.back();
  };
  node("Flatten", {x}, flat);
  auto* reduce = node("ReduceMean", {flat}, mean);
  reduce->attributes["axes"] = std::vector<std::int64_t>{1};
  reduce->attributes["keepdims"] = std::int64_t{1};
  node("Mul", {mean, zero}, none);
  node("Add", {mesh, none}, out);
  node("Mul", {mean, ten}, presence);
  const auto port = [](graph::ValueId value, graph::Dims dims) {
    graph::Port p;
    p.value = value;
    p.dims = std::move(dims);
    return p;
  };
  g.inputs = {port(x, std::move(input))};
  g.outputs = {port(out, {1, 3 * points}), port(presence, {1, 1})};
  return graph::serialize_onnx(g);
}

std::unique_ptr<LandmarkModel> mesh_model(const std::string& bytes) {
  return make_face_mesh(
      runtime::Model::parse(bytes.data(), bytes.size(), "mesh.onnx", {.precision = runtime::Precision::fp32, .threads = 1}),
      "mesh.onnx");
}

class FaceMeshNetwork : public ::testing::TestWithParam<std::tuple<int, bool, bool>> {};

TEST_P(FaceMeshNetwork, MapsItsAnswerToTheImage) {
  const auto [points, planes_first, shares] = GetParam();
  const int side = points == 468 ? 192 : 256;
  const auto model = mesh_model(
      mesh_network(points, planes_first ? graph::Dims{1, 3, side, side} : graph::Dims{1, side, side, 3}, side, shares));
  EXPECT_EQ(model->name(), "mesh");
  const cv::Mat image(300, 400, CV_8UC3, cv::Scalar(51, 51, 51));  // 0.2
  const Affine turn(90 * std::cos(0.3), -90 * std::sin(0.3), 150, 90 * std::sin(0.3), 90 * std::cos(0.3), 60);
  const auto previous = apply_affine(turn, average_face());
  const auto found = model->follow(image, previous);
  ASSERT_EQ(found.mesh.size(), static_cast<std::size_t>(points));
  EXPECT_EQ(found.points, mesh_to_68(found.mesh));
  EXPECT_NEAR(found.confidence, 1 / (1 + std::exp(-2.0)), 1e-4);
  const auto frame = mesh_frame(previous);
  for (int i = 0; i < points; i += 29) {
    const auto place =
        apply_affine(frame, {{(static_cast<float>(i % 24) + 0.5F) / 24, (static_cast<float>(i / 24) + 0.5F) / 24}})[0];
    const auto& vertex = found.mesh[static_cast<std::size_t>(i)];
    EXPECT_NEAR(vertex.x, place.x, 0.01);
    EXPECT_NEAR(vertex.y, place.y, 0.01);
    EXPECT_NEAR(vertex.z, i / 10.0 * std::hypot(frame(0, 0), frame(1, 0)) / side, 0.01);
  }
  const auto copy = model->clone()->follow(image, previous);
  EXPECT_EQ(copy.points, found.points);
  EXPECT_EQ(model->follow(to_gray(image), previous).points, found.points);
}

INSTANTIATE_TEST_SUITE_P(Exports, FaceMeshNetwork,
                         ::testing::Combine(::testing::Values(468, 478), ::testing::Bool(), ::testing::Bool()));

TEST(FaceMesh, SeesTheCropUpright) {
  // The presence logit weighs the mean of the crop: bright inside the frame, black outside, whatever the frame's turn.
  const auto model = mesh_model(mesh_network(468, {1, 3, 192, 192}, 192, false));
  const Affine turn(60 * std::cos(0.7), -60 * std::sin(0.7), 200, 60 * std::sin(0.7), 60 * std::cos(0.7), 100);
  const auto previous = apply_affine(turn, average_face());
  const auto corners = apply_affine(mesh_frame(previous), {{0, 0}, {1, 0}, {1, 1}, {0, 1}});
  cv::Mat image(400, 400, CV_8UC3, cv::Scalar(0, 0, 0));
  for (int y = 0; y < 400; ++y)
    for (int x = 0; x < 400; ++x) {
      const auto p = apply_affine(invert(mesh_frame(previous)), {{static_cast<float>(x), static_cast<float>(y)}})[0];
      if (p.x >= -0.02 && p.x <= 1.02 && p.y >= -0.02 && p.y <= 1.02) image.at<cv::Vec3b>(y, x) = {102, 102, 102};  // 0.4
    }
  for (const auto& c : corners) ASSERT_TRUE(c.x > 5 && c.y > 5 && c.x < 395 && c.y < 395);
  EXPECT_NEAR(model->follow(image, previous).confidence, 1 / (1 + std::exp(-4.0)), 1e-3);
}

TEST(FaceMesh, OddImagesAndFiles) {
  const auto model = mesh_model(mesh_network(468, {1, 3, 192, 192}, 192, false));
  EXPECT_THROW(model->find(cv::Mat(), {{0, 0, 10, 10}, 1, {}}, "dlib"), Error);
  EXPECT_THROW(model->follow(cv::Mat(9, 9, CV_8UC1, cv::Scalar(0)), Points(5)), Error);
  EXPECT_NO_THROW(model->find(cv::Mat(1, 1, CV_8UC1, cv::Scalar(0)), {{-40, 3000, 10, 10}, 1, {}}, "dlib"));
  EXPECT_NO_THROW(model->find(cv::Mat(3, 900, CV_8UC3, cv::Scalar(0, 0, 0)), {{400, 0, 500, 500}, 1, {}}, "yunet"));
  EXPECT_THROW(mesh_model(mesh_network(468, {1, 3, 192, 190}, 192, false)), Error);
  EXPECT_THROW(mesh_model(mesh_network(468, {1, 192, 192, 4}, 192, false)), Error);
  EXPECT_THROW(mesh_model(mesh_network(100, {1, 3, 192, 192}, 192, false)), Error);
  const TemporaryFolder folder;
  write_atomically(folder.path() / "mesh.onnx", mesh_network(478, {1, 3, 256, 256}, 256, false));
  EXPECT_EQ(make_landmark_model(folder.path() / "mesh.onnx")->name(), "mesh");
}

}  // namespace
}  // namespace mien
