// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/embedder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/image/color.h"
#include "mien/tracking/moving_scene.h"
#include "mien/tracking/onnx_embedder.h"
#include "mien/tracking/texture_embedder.h"

namespace mien {
namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

TEST(UniformPatterns, EqualsAnIndependentComputation) {
  cv::Mat image(10, 12, CV_8UC1);
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 12; ++x) image.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>((37 * x + 91 * y + 13 * x * y) % 256);
  const auto row = [](const cv::Mat& m, int y) {
    return std::vector<int>(m.ptr<std::uint8_t>(y), m.ptr<std::uint8_t>(y) + m.cols);
  };
  // From a few lines of numpy in floating point.
  const cv::Mat near = uniform_patterns(image, 1), far = uniform_patterns(image, 2);
  EXPECT_EQ(near.size(), cv::Size(10, 8));
  EXPECT_EQ(far.size(), cv::Size(8, 6));
  EXPECT_EQ(row(near, 0), (std::vector<int>{58, 1, 0, 57, 46, 58, 1, 0, 57, 58}));
  EXPECT_EQ(row(near, 7), (std::vector<int>{57, 0, 14, 57, 4, 57, 4, 35, 4, 35}));
  EXPECT_EQ(row(far, 0), (std::vector<int>{35, 58, 22, 0, 57, 52, 0, 0}));
  EXPECT_EQ(row(far, 5), (std::vector<int>{58, 58, 58, 58, 58, 58, 58, 58}));
  EXPECT_EQ(cv::sum(near)[0], 2464);
  EXPECT_EQ(cv::sum(far)[0], 1907);
}

TEST(UniformPatterns, FlatIsAllOnesAndAPeakAllZeros) {
  cv::Mat image(3, 3, CV_8UC1, cv::Scalar(9));
  EXPECT_EQ(uniform_patterns(image, 1).at<std::uint8_t>(0, 0), 57);  // code 255, the last uniform one
  image.at<std::uint8_t>(1, 1) = 200;
  EXPECT_EQ(uniform_patterns(image, 1).at<std::uint8_t>(0, 0), 0);
  EXPECT_THROW(uniform_patterns(image, 2), Error);
}

TEST(TextureEmbedder, TellsDrawnPeopleApart) {
  const auto embedder = make_face_embedder();
  std::vector<std::vector<float>> calm, happy;
  for (int person = 0; person < 12; ++person) {
    const Card a = card_of(person, 0, 160), b = card_of(person, 1, 160);
    calm.push_back(embedder->embed(a.face.image, a.face.landmarks));
    happy.push_back(embedder->embed(b.face.image, b.face.landmarks));
    EXPECT_EQ(static_cast<int>(calm.back().size()), embedder->size());
    EXPECT_NEAR(dot(calm.back(), calm.back()), 1, 1e-5);
  }
  int right = 0;
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t j = 0; j < 12; ++j)
      if (i != j) right += dot(happy[i], calm[i]) > dot(happy[i], calm[j]) ? 1 : 0;
  EXPECT_GE(right, 0.85 * 12 * 11);  // by chance half
}

TEST(TextureEmbedder, LightAndPlaceDoNotMatter) {
  auto embedder = make_face_embedder();
  Card card = card_of(3, 0, 160);
  const auto there = embedder->embed(card.face.image, card.face.landmarks);
  cv::Mat dim, large(400, 600, CV_8UC3, cv::Scalar(90, 90, 90));
  card.face.image.convertTo(dim, -1, 0.7, 30);
  EXPECT_GT(dot(there, embedder->embed(dim, card.face.landmarks)), 0.9);
  card.at = {230, 190};
  paste(card, large);
  EXPECT_GT(dot(there, embedder->embed(large, card.points())), 0.99);
  EXPECT_EQ(embedder->clone()->embed(card.face.image, card.face.landmarks), there);
  const cv::Mat gray = to_gray(card.face.image);
  EXPECT_EQ(embedder->embed(gray, card.face.landmarks), embedder->embed(to_rgb(gray), card.face.landmarks));
}

TEST(TextureEmbedder, NothingToSeeIsEmpty) {
  const auto embedder = make_face_embedder();
  const Card card = card_of(3);
  EXPECT_TRUE(embedder->embed(cv::Mat(120, 120, CV_8UC3, cv::Scalar(90, 90, 90)), card.points()).empty());
  EXPECT_TRUE(embedder->embed(card.face.image, Points(68, {5, 5})).empty());
  EXPECT_THROW(embedder->embed(card.face.image, Points(7)), Error);
}

/// Averages each channel: a network whose answer one can compute by hand.
graph::Graph channel_means(std::int64_t channels = 3) {
  graph::Graph g;
  g.name = "means";
  g.opset = 13;
  const auto x = g.add_value("x"), pooled = g.add_value("pooled"), y = g.add_value("y");
  g.inputs = {{x, graph::DataType::f32, {1, channels, 8, 8}, {}, true}};
  g.outputs = {{y, graph::DataType::f32, {1, channels}, {}, true}};
  g.nodes = {{"GlobalAveragePool", "", "pool", {x}, {pooled}, {}, {}}, {"Flatten", "", "flat", {pooled}, {y}, {}, {}}};
  return g;
}

fs::path written(const TemporaryFolder& folder, const graph::Graph& g) {
  const fs::path file = folder.path() / "embedder.onnx";
  graph::write_onnx(g, file);
  return file;
}

std::vector<float> unit(std::vector<double> v) {
  double squares = 0;
  for (const double x : v) squares += x * x;
  std::vector<float> out;
  for (const double x : v) out.push_back(static_cast<float>(x / std::sqrt(squares)));
  return out;
}

void expect_near(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5) << i;
}

TEST(OnnxEmbedder, AnAnswerThatIsNoNumberIsAnError) {
  const TemporaryFolder folder;
  graph::Graph g = channel_means();
  const auto large = g.add_value("large"), y = g.outputs[0].value;
  const auto factor = g.add_constant("factor", graph::Tensor::of(std::vector<float>{3e38F}));
  const auto means = g.add_value("means"), squares = g.add_value("squares");
  g.nodes.back().outputs = {means};
  g.nodes.push_back({"Mul", "", "square", {means, means}, {squares}, {}, {}});  // of either sign
  g.nodes.push_back({"Mul", "", "factor", {squares, factor}, {large}, {}, {}});
  g.nodes.push_back({"Exp", "", "exp", {large}, {y}, {}, {}});
  const auto embedder = make_face_embedder(written(folder, g));
  const Card card = card_of(3);
  try {
    embedder->embed(card.face.image, card.points());
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::numeric) << error.what();
  }
}

TEST(OnnxEmbedder, MakesTheInputAsTheFileSays) {
  const TemporaryFolder folder;
  graph::Graph g = channel_means();
  const cv::Mat image(200, 200, CV_8UC3, cv::Scalar(200, 100, 50));  // RGB
  Card card = card_of(1, 0, 80);
  card.at = {60, 60};
  const Points points = card.points();
  const auto usual = make_face_embedder(written(folder, g));
  EXPECT_EQ(usual->size(), 3);
  const std::vector<float> expected =
      unit({(200 / 255.0 - 0.485) / 0.229, (100 / 255.0 - 0.456) / 0.224, (50 / 255.0 - 0.406) / 0.225});
  expect_near(usual->embed(image, points), expected);
  expect_near(usual->clone()->embed(image, points), expected);

  Preprocessing p;
  p.color = "bgr";
  p.width = p.height = 8;
  p.divide_by = 1;
  p.mean = {127.5};
  p.std = {128};
  p.alignment = "arcface";
  g.metadata = {{embedding_preprocessing_key, to_json_text(p)}, {same_person_key, "0.31"}};
  const auto stored = make_face_embedder(written(folder, g));
  expect_near(stored->embed(image, points), unit({50 - 127.5, 100 - 127.5, 200 - 127.5}));
  EXPECT_DOUBLE_EQ(stored->same_person_likeness(), 0.31);
  EXPECT_TRUE(stored->embed(image, Points(68, {5, 5})).empty());
}

TEST(OnnxEmbedder, RefusesWhatIsNoEmbeddingNetwork) {
  const TemporaryFolder folder;
  EXPECT_THROW(make_face_embedder(folder.path() / "none.onnx"), Error);
  write_atomically(folder.path() / "text.onnx", "no network");
  EXPECT_THROW(make_face_embedder(folder.path() / "text.onnx"), Error);
  EXPECT_THROW(make_face_embedder(written(folder, channel_means(4))), Error);
  graph::Graph image_out = channel_means();
  image_out.nodes = {{"Relu", "", "relu", {0}, {2}, {}, {}}};
  image_out.outputs[0].dims = {1, 3, 8, 8};
  EXPECT_THROW(make_face_embedder(written(folder, image_out)), Error);
  for (const char* likeness : {"-1", "2", "much"}) {
    graph::Graph g = channel_means();
    g.metadata = {{same_person_key, likeness}};
    EXPECT_THROW(make_face_embedder(written(folder, g)), Error) << likeness;
  }
  graph::Graph g = channel_means();
  g.metadata = {{embedding_preprocessing_key, "{"}};
  EXPECT_THROW(make_face_embedder(written(folder, g)), Error);
}

}  // namespace
}  // namespace mien
