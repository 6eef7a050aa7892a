// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/expression_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/pipeline/find_weights.h"

namespace mien {
namespace {

graph::Tensor tensor_of(const std::vector<float>& values, graph::Dims dims) {
  return graph::Tensor::of(values).reshaped(std::move(dims));
}

WeightsInfo small_info() {
  WeightsInfo info;
  info.network.num_classes = 3;
  info.class_names = {"anger", "happiness", "neutral"};
  info.preprocessing.color = "gray";
  info.preprocessing.width = info.preprocessing.height = 2;
  info.preprocessing.mean = {0};
  info.preprocessing.std = {1};
  info.temperature = 2;
  return info;
}

/// What a test varies of the file.
struct Variation {
  std::int64_t batch = -1;
  bool valence_arousal = false;
  std::string logits_name = "logits";
};

void add_gemm(graph::Graph& g, graph::ValueId flat, const std::string& name, const std::vector<float>& weight,
              const std::vector<float>& bias, std::int64_t batch) {
  const auto out = static_cast<std::int64_t>(bias.size());
  graph::Node gemm;
  gemm.op = "Gemm";
  gemm.name = name + "/Gemm";
  gemm.inputs = {flat, g.add_constant(name + ".weight", tensor_of(weight, {out, 4})),
                 g.add_constant(name + ".bias", tensor_of(bias, {out}))};
  gemm.outputs = {g.add_value(name)};
  gemm.attributes["transB"] = std::int64_t{1};
  g.outputs.push_back({gemm.outputs[0], graph::DataType::f32, {batch, out}, {}, true});
  g.nodes.push_back(std::move(gemm));
}

/// A linear network on 2x2 gray images: logits = (x0 + x3, 2 x1 - x2, 1 + x2), valence = x0, arousal = -x1.
fs::path write_model(const fs::path& folder, const std::map<std::string, std::string>& metadata,
                     const Variation& variation = {}) {
  graph::Graph g;
  g.name = "linear";
  g.opset = 13;
  g.metadata = metadata;
  const auto image = g.add_value("image");
  g.inputs.push_back({image, graph::DataType::f32, {variation.batch, 1, 2, 2}, {}, true});
  graph::Node flatten;
  flatten.op = "Flatten";
  flatten.name = "flatten";
  flatten.inputs = {image};
  flatten.outputs = {g.add_value("flat")};
  const auto flat = flatten.outputs[0];
  g.nodes.push_back(std::move(flatten));
  add_gemm(g, flat, variation.logits_name, {1, 0, 0, 1, 0, 2, -1, 0, 0, 0, 1, 0}, {0, 0, 1}, variation.batch);
  if (variation.valence_arousal) add_gemm(g, flat, "valence_arousal", {1, 0, 0, 0, 0, -1, 0, 0}, {0, 0}, variation.batch);
  const fs::path file = folder / "linear.onnx";
  graph::write_onnx(g, file);
  return file;
}

/// Pixels 0, 0.2, 0.4, 1 after the division by 255: logits (1, 0, 1.4).
cv::Mat crop() {
  cv::Mat image(2, 2, CV_8UC1);
  const std::uint8_t pixels[] = {0, 51, 102, 255};
  std::memcpy(image.data, pixels, 4);
  return image;
}

std::vector<double> softmax(const std::vector<double>& logits, double temperature) {
  std::vector<double> p;
  double sum = 0;
  for (double l : logits) sum += std::exp(l / temperature);
  for (double l : logits) p.push_back(std::exp(l / temperature) / sum);
  return p;
}

void expect_probabilities(const FacePrediction& face, const std::vector<double>& expected) {
  ASSERT_EQ(face.probabilities.size(), expected.size());
  for (std::size_t c = 0; c < expected.size(); ++c) EXPECT_NEAR(face.probabilities[c], expected[c], 1e-5) << c;
}

std::string refusal(const fs::path& file, ErrorCode code, const FaceClassifierOptions& options = {}) {
  try {
    ExpressionModel::load(file, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << file << " was accepted";
  return "";
}

TEST(ExpressionModel, PreprocessesAndDividesByTheTemperature) {
  const TemporaryFolder folder;
  const auto model = ExpressionModel::load(write_model(folder.path(), to_metadata(small_info())));
  EXPECT_EQ(model->info(), small_info());
  const auto faces = model->predict({crop(), cv::Mat(9, 5, CV_8UC3, cv::Scalar(255, 255, 255))});
  ASSERT_EQ(faces.size(), 2u);
  expect_probabilities(faces[0], softmax({1, 0, 1.4}, 2));
  EXPECT_EQ(faces[0].label, 2);
  EXPECT_NEAR(faces[0].confidence, softmax({1, 0, 1.4}, 2)[2], 1e-5);
  EXPECT_FALSE(faces[0].has_valence_arousal);
  expect_probabilities(faces[1], softmax({2, 1, 2}, 2));
  EXPECT_EQ(faces[1].label, 0);
  EXPECT_TRUE(model->predict({}).empty());
}

TEST(ExpressionModel, AFixedBatchSizeIsCutAndFilledUp) {
  const TemporaryFolder folder;
  const auto model = ExpressionModel::load(write_model(folder.path(), to_metadata(small_info()), {.batch = 2}));
  const auto faces = model->predict({crop(), cv::Mat(2, 2, CV_8UC1, cv::Scalar(0)), crop()});
  ASSERT_EQ(faces.size(), 3u);
  expect_probabilities(faces[0], softmax({1, 0, 1.4}, 2));
  expect_probabilities(faces[1], softmax({0, 0, 1}, 2));
  expect_probabilities(faces[2], softmax({1, 0, 1.4}, 2));
}

TEST(ExpressionModel, FlipAveragesTheProbabilitiesBeforeTheTemperature) {
  const TemporaryFolder folder;
  auto info = small_info();
  info.temperature = 1;
  FaceClassifierOptions options;
  options.flip = true;
  const auto model = ExpressionModel::load(write_model(folder.path(), to_metadata(info), {.valence_arousal = true}), options);
  const auto faces = model->predict({crop()});
  ASSERT_EQ(faces.size(), 1u);
  const auto there = softmax({1, 0, 1.4}, 1), mirrored = softmax({0.2 + 0.4, 0 - 1, 1 + 1}, 1);
  expect_probabilities(faces[0], {(there[0] + mirrored[0]) / 2, (there[1] + mirrored[1]) / 2, (there[2] + mirrored[2]) / 2});
  EXPECT_TRUE(faces[0].has_valence_arousal);
  EXPECT_NEAR(faces[0].valence, (0 + 0.2) / 2, 1e-6);
  EXPECT_NEAR(faces[0].arousal, (-0.2 - 0) / 2, 1e-6);
}

TEST(ExpressionModel, RefusesFilesWithoutDescription) {
  const TemporaryFolder folder;
  EXPECT_NE(refusal(write_model(folder.path(), {}), ErrorCode::bad_file).find("not exported by mien: lacks"), std::string::npos);
  auto nameless = small_info();
  nameless.class_names.clear();
  EXPECT_NE(refusal(write_model(folder.path(), to_metadata(nameless)), ErrorCode::bad_file).find("lacks the class names"),
            std::string::npos);
  refusal(folder.path() / "none.onnx", ErrorCode::not_found);
  write_atomically(folder.path() / "rubbish.onnx", "rubbish");
  refusal(folder.path() / "rubbish.onnx", ErrorCode::bad_file);
}

TEST(ExpressionModel, RefusesNetworksThatContradictTheirDescription) {
  const TemporaryFolder folder;
  auto colour = small_info();
  colour.preprocessing.color = "rgb";
  EXPECT_NE(refusal(write_model(folder.path(), to_metadata(colour)), ErrorCode::mismatch).find("input 'image' is f32 [?x1x2x2]"),
            std::string::npos);
  auto larger = small_info();
  larger.preprocessing.height = 48;
  refusal(write_model(folder.path(), to_metadata(larger)), ErrorCode::mismatch);
  auto more = small_info();
  more.class_names.push_back("fear");
  more.network.num_classes = 4;
  EXPECT_NE(refusal(write_model(folder.path(), to_metadata(more)), ErrorCode::mismatch).find("4 classes"), std::string::npos);
  const auto file = write_model(folder.path(), to_metadata(small_info()), {.logits_name = "probabilities"});
  EXPECT_NE(refusal(file, ErrorCode::mismatch).find("its outputs: probabilities"), std::string::npos);
}

TEST(ExpressionModel, RefusesWhatItCannotDo) {
  const TemporaryFolder folder;
  const auto file = write_model(folder.path(), to_metadata(small_info()));
  refusal(file, ErrorCode::usage, {.device = "cuda"});
  refusal(file, ErrorCode::usage, {.precision = "int8"});
  refusal(file, ErrorCode::usage, {.precision = "fp11"});
  HostBatch batch;
  batch.size = batch.channels = 1;
  batch.height = 3;
  batch.width = 2;
  batch.images.resize(6);
  EXPECT_THROW(ExpressionModel::load(file)->answer(batch), Error);
}

TEST(FindWeights, TakesTheOnnxFileBesideTheWeights) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "weights");
  write_atomically(folder.path() / "weights" / "best.safetensors", "x");
  EXPECT_EQ(find_weights(folder.path()), folder.path() / "weights" / "best.safetensors");
  EXPECT_THROW(find_onnx(folder.path()), Error);
  write_atomically(folder.path() / "weights" / "best.onnx", "x");
  EXPECT_EQ(find_onnx(folder.path()), folder.path() / "weights" / "best.onnx");
  EXPECT_EQ(find_onnx(folder.path() / "weights" / "best.onnx"), folder.path() / "weights" / "best.onnx");
  EXPECT_THROW(find_weights(folder.path() / "none"), Error);
  EXPECT_TRUE(is_onnx("a/B.ONNX"));
  EXPECT_FALSE(is_onnx("onnx.safetensors"));
}

}  // namespace
}  // namespace mien
