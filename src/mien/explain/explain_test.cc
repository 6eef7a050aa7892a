// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/explain/explain_data.h"
#include "mien/explain/explain_files.h"
#include "mien/explain/explained_model.h"
#include "mien/explain/summary.h"
#include "mien/image/decode.h"
#include "mien/image/encode.h"
#include "mien/nn/network.h"
#include "mien/nn/weights.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

/// Weights of a tiny untrained network for the FER+ classes.
fs::path write_weights(const fs::path& folder) {
  torch::manual_seed(1);
  WeightsInfo info;
  info.network.arch = "face_resnet";
  info.network.width = 0.125;
  info.network.in_channels = 1;
  info.network.input_size = 24;
  info.network.num_classes = 8;
  info.label_space = "ferplus";
  info.class_names = known_label_space("ferplus").names();
  info.preprocessing.color = "gray";
  info.preprocessing.width = info.preprocessing.height = 24;
  save_weights(folder / "w.safetensors", *create_network(info.network), info);
  return folder / "w.safetensors";
}

class Explain : public ::testing::Test {
 protected:
  ExplainConfig config() {
    ExplainConfig c;
    c.weights = write_weights(folder_.path()).string();
    c.data.spec = "procedural:120";
    c.split = "all";
    c.limit = 7;
    c.methods = {"gradcam", "integrated_gradients"};
    c.steps = 4;
    c.faithfulness_steps = 4;
    c.bootstrap = 50;
    c.threads = 1;
    c.batch_size = 3;
    return c;
  }
  ExplainResult run(const ExplainConfig& c, const FindPoints& find_points = {}) {
    return explain(c, folder_.path() / "out", find_points, progress_);
  }
  void expect_usage(const ExplainConfig& c, const std::string& message, const std::string& hint) {
    try {
      run(c);
      ADD_FAILURE() << "no error: " << message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
      EXPECT_NE(error.hint().find(hint), std::string::npos) << error.hint();
    }
  }
  TemporaryFolder folder_;
  Progress progress_;
};

TEST_F(Explain, ExplainsASampleAndWritesWhatItFound) {
  ExplainConfig c = config();
  c.faithfulness = true;
  c.panels = 2;
  const ExplainResult result = run(c);
  write_explanation(result, folder_.path() / "out");
  ASSERT_EQ(result.images.size(), 7u);
  ASSERT_EQ(result.methods.size(), 4u);  // with the two controls
  EXPECT_EQ(result.methods[0].gains.size(), 2u);
  EXPECT_EQ(result.methods[0].deletion.n, 7);
  EXPECT_EQ(result.methods[0].deletion_curve.size(), 5u);
  EXPECT_EQ(result.methods[0].positive_shares.size(), FaceRegions::names().size());
  EXPECT_GT(result.methods[1].ms_per_image, 0);
  ASSERT_FALSE(result.images[0].panel.empty());
  EXPECT_TRUE(result.images[2].panel.empty());
  const fs::path out = folder_.path() / "out";
  EXPECT_GT(read_image(out / result.images[0].panel).cols, 224 * 4);
  EXPECT_EQ(read_bytes(out / result.images[1].maps).size(), 128 + 4 * 4 * 24 * 24u);
  EXPECT_TRUE(fs::exists(out / "class_averages_true.png"));
  EXPECT_GT(read_csv(out / "class_shares.csv", true).rows.size(), 8u);
  const CsvTable table = read_csv(out / "results.csv", true);
  EXPECT_EQ(table.rows.size(), 28u);
  double shares = 0;
  for (const auto& name : FaceRegions::names())
    shares += std::stod(table.rows[0][static_cast<std::size_t>(table.column("absolute_" + name))]);
  EXPECT_NEAR(shares, 1, 1e-4);
  const auto j = nlohmann::json::parse(read_text(out / "results.json"));
  EXPECT_EQ(j.at("methods")[0].at("gain_over").at("random").at("deletion").at("images"), 7);
  const std::string html = read_text(out / "report.html");
  EXPECT_NE(html.find("data:image/jpeg;base64,"), std::string::npos);
  EXPECT_EQ(html.find("http://"), html.find("http://www.w3.org"));  // nothing is loaded from elsewhere
}

TEST_F(Explain, NumbersDoNotDependOnTheBatch) {
  ExplainConfig c = config();
  c.faithfulness = true;
  c.panels = 0;
  const ExplainResult a = run(c);
  c.batch_size = 7;
  const ExplainResult b = run(c);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    EXPECT_EQ(a.images[i].id, b.images[i].id);
    for (std::size_t m = 0; m < a.methods.size(); ++m)
      EXPECT_NEAR(a.images[i].methods[m].deletion_area, b.images[i].methods[m].deletion_area, 1e-5);
  }
}

TEST_F(Explain, FilesAreExplainedAndBadOnesListed) {
  ExplainConfig c = config();
  c.data.spec.clear();
  const auto face = draw_face(1, 1);
  write_image(folder_.path() / "face.png", face.image);
  write_atomically(folder_.path() / "bad.jpg", "not a picture");
  c.images = {(folder_.path() / "face.png").string(), (folder_.path() / "bad.jpg").string()};
  c.target = "Anger";
  int asked = 0;
  const ExplainResult result = run(c, [&](const cv::Mat& picture) {
    ++asked;
    EXPECT_EQ(picture.size(), face.image.size());
    return face.landmarks;
  });
  EXPECT_EQ(asked, 1);
  ASSERT_EQ(result.images.size(), 1u);
  EXPECT_EQ(result.images[0].truth, -1);
  EXPECT_EQ(result.class_names[static_cast<std::size_t>(result.images[0].target)], "anger");
  EXPECT_FALSE(result.images[0].areas.empty());
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_NE(result.failures[0].id.find("bad.jpg"), std::string::npos);
  c.images = {(folder_.path() / "bad.jpg").string()};
  EXPECT_THROW(run(c), Error);
}

TEST_F(Explain, MistakesAreOneClearError) {
  ExplainConfig c = config();
  c.layer = "layer_4";
  expect_usage(c, "no layer 'layer_4'", "layer4 (64 x 3 x 3), conv1 (");
  c = config();
  c.target = "hapiness";
  expect_usage(c, "hapiness", "Did you mean 'happiness'? Classes: neutral, happiness");
  c = config();
  c.methods = {"gradcamm"};
  expect_usage(c, "gradcamm", "gradcam");
  c = config();
  c.data.spec.clear();
  expect_usage(c, "nothing to explain", "--data");
  c = config();
  write_atomically(folder_.path() / "w.onnx", "x");
  c.weights = (folder_.path() / "w.onnx").string();
  expect_usage(c, "ONNX", "w.safetensors, which lies beside it");
  fs::copy_file(folder_.path() / "w.onnx", folder_.path() / "alone.onnx");
  c.weights = (folder_.path() / "alone.onnx").string();
  expect_usage(c, "ONNX", "safetensors file or the run folder");
}

TEST_F(Explain, TheSampleDependsOnTheSeedAlone) {
  DatasetOptions options;
  options.spec = "procedural:60";
  const Dataset data = open_dataset(options);
  const auto ids = [](const Dataset& d) {
    std::vector<std::string> names;
    for (const auto& r : d.records) names.push_back(r.id);
    return names;
  };
  EXPECT_EQ(ids(sampled(data, 9, 4)), ids(sampled(data, 9, 4)));
  EXPECT_NE(ids(sampled(data, 9, 4)), ids(sampled(data, 9, 5)));
  const auto drawn = ids(sampled(data, 9, 4));
  EXPECT_EQ(drawn.size(), 9u);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
  EXPECT_EQ(sampled(data, 0, 4).size(), 60);
  EXPECT_EQ(sampled(data, 100, 4).size(), 60);
}

/// A method whose module is no Network, with a picture of its own.
class PictureMethod : public Method {
 public:
  torch::nn::Module& module() override { return linear_; }
  std::vector<TrainingStep> steps() override { return {}; }
  MethodOutput forward(const Batch& batch) override {
    MethodOutput out;
    out.logits = linear_.forward(batch.images.flatten(1));
    out.pictures["attention"] = torch::ones({batch.images.size(0), 1, 2, 2});
    return out;
  }

 private:
  torch::nn::LinearImpl linear_{16, 3};
};

TEST(ExplainedModel, TakesAnyMethodAndItsPictures) {
  PictureMethod method;
  const FrozenModule frozen(method.module());
  const auto images = torch::ones({2, 1, 4, 4});
  const ExplainedModel model(method, images);
  EXPECT_TRUE(model.layers().empty());
  EXPECT_THROW(model.layer(""), Error);
  EXPECT_EQ(model.logits(images).size(1), 3);
  EXPECT_EQ(model.own_pictures(images).at("attention").size(0), 2);
}

TEST(ExplainSummary, WhatNoImageHadTheTruthForIsLeftOut) {
  ExplainResult result;
  result.own_numbers = {{"votes", ""}, {"landmarks", ""}};
  for (const double value : {0.25, 0.75}) {
    ExplainedImage image;
    image.own = {std::nan(""), value};
    result.images.push_back(image);
  }
  summarize(result, 100, 1);
  ASSERT_EQ(result.own_numbers.size(), 1u);
  EXPECT_EQ(result.own_numbers[0].name, "landmarks");
  EXPECT_EQ(result.own_means[0].mean, 0.5);
  EXPECT_EQ(result.images[1].own, std::vector<double>{0.75});
}

}  // namespace
}  // namespace mien
