// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Files in and out, metadata, and the comparison of logits.
#include "mien/exporting/export.h"

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/exporting/export_fixture.h"
#include "mien/exporting/metadata.h"
#include "mien/exporting/onnxruntime.h"
#include "mien/nn/weights.h"

namespace mien::exporting {
namespace {

/// Weights of a tiny untrained network.
WeightsInfo write_weights(const fs::path& file) {
  torch::manual_seed(1);
  const NetworkOptions network{
      .arch = "face_resnet", .num_classes = 3, .in_channels = 1, .width = 0.125, .dropout = -1, .input_size = 24};
  WeightsInfo info = testing::info_for(network, 24);
  info.class_names = {"neutral", "happiness, joy", "anger"};
  info.label_space = "test";
  info.temperature = 1.25;
  info.training_data = "800 drawn faces";
  info.commit = "abc123";
  info.licence = "CC0";
  info.scores = {{"test accuracy", 0.75}};
  info.preprocessing.alignment = "five points";
  info.preprocessing.crop_margin = 0.1;
  info.preprocessing.mean = {0.25};
  save_weights(file, *create_network(network), info);
  return info;
}

TEST(ExportWeights, TheFileHasTheAnswersAndTheWholeDescription) {
  TemporaryFolder folder;
  const fs::path weights = folder.path() / "w.safetensors", file = folder.path() / "m.onnx";
  const WeightsInfo info = write_weights(weights);
  const auto summary = export_weights(weights, file, {.outputs = {"probabilities", "features"}});
  EXPECT_EQ(summary.bytes, fs::file_size(file));
  EXPECT_EQ(summary.input, "input f32 [batch,1,24,24]");
  EXPECT_EQ(summary.outputs, (std::vector<std::string>{"probabilities f32 [batch,3]", "features f32 [batch,64]"}));
  const graph::Graph graph = graph::read_onnx(file);
  EXPECT_EQ(graph.nodes.size(), summary.nodes);
  EXPECT_EQ(from_metadata(graph.metadata, file.string()), info);
  EXPECT_EQ(graph.metadata.at("class_names"), "neutral,happiness  joy,anger");
  EXPECT_EQ(graph.metadata.at("color_order"), "gray");
  EXPECT_EQ(graph.metadata.at("alignment"), "five points");
  EXPECT_EQ(graph.metadata.at("accuracy"), "test accuracy 0.7500");
  EXPECT_EQ(graph.metadata.at("input"), "float32 [N,1,24,24], channels gray, (pixel / 255 - mean 0.25) / std 0.5");
  const auto input = torch::randn({2, 1, 24, 24});
  const auto network = load_network(weights);
  torch::NoGradGuard no_grad;
  testing::expect_same(testing::run(graph, input)[0], torch::softmax(network->logits(input) / 1.25, 1), "probabilities", 1e-5);
}

TEST(ExportWeights, MissingWeightsAndFoldersAreNamed) {
  TemporaryFolder folder;
  const auto code_of = [](const auto& call, std::string& message) {
    try {
      call();
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  std::string message;
  const fs::path none = folder.path() / "none.safetensors", weights = folder.path() / "w.safetensors";
  EXPECT_EQ(code_of([&] { export_weights(none, folder.path() / "m.onnx", {}); }, message), ErrorCode::not_found);
  EXPECT_NE(message.find("none.safetensors"), std::string::npos) << message;
  write_weights(weights);
  EXPECT_EQ(code_of([&] { export_weights(weights, folder.path() / "absent" / "m.onnx", {}); }, message), ErrorCode::not_found);
  EXPECT_NE(message.find("absent: no such folder"), std::string::npos) << message;
  EXPECT_EQ(code_of([&] { export_weights(weights, folder.path(), {}); }, message), ErrorCode::usage);
  EXPECT_FALSE(fs::exists(folder.path() / "m.onnx"));
}

TEST(Metadata, WhatIsUnknownIsEmptyOrNone) {
  WeightsInfo info;
  info.preprocessing.alignment.clear();
  const auto metadata = onnx_metadata(info);
  EXPECT_EQ(metadata.at("alignment"), "none");
  for (const char* key : {"class_names", "label_space", "licence", "training_data", "commit", "accuracy"})
    EXPECT_EQ(metadata.at(key), "") << key;
}

TEST(OnnxRuntimeProgram, WhatIsMissingIsNamed) {
  TemporaryFolder folder;
  try {
    run_onnxruntime({.package = folder.path() / "absent", .script = folder.path()}, "m.onnx", {1}, {0});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("absent"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace mien::exporting
