// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/verify.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/exporting/export.h"
#include "mien/exporting/export_fixture.h"
#include "mien/image/encode.h"
#include "mien/nn/network.h"
#include "mien/nn/weights.h"
#include "mien/pipeline/example_images.h"

namespace mien::exporting {
namespace {

/// Weights of a tiny untrained network and the ONNX file made of them.
class Verify : public ::testing::Test {
 protected:
  void SetUp() override {
    torch::manual_seed(1);
    const NetworkOptions network{
        .arch = "face_resnet", .num_classes = 3, .in_channels = 1, .width = 0.125, .dropout = -1, .input_size = 16};
    WeightsInfo info;
    info.network = network;
    info.class_names = {"a", "b", "c"};
    info.preprocessing.color = "gray";
    info.preprocessing.width = info.preprocessing.height = 16;
    save_weights(weights(), *create_network(network), info);
    export_weights(weights(), model(), {});
    images_.random = 11;
    images_.batch_size = 4;
  }
  fs::path weights() const { return folder_.path() / "w.safetensors"; }
  fs::path model() const { return folder_.path() / "m.onnx"; }

  TemporaryFolder folder_;
  ExampleImages images_;
  Progress progress_;
};

TEST_F(Verify, OurRuntimePassesAndAWrongProgramFails) {
  Candidate right = runtime_candidate(model(), "fp32", 1), wrong = right, close = right;
  wrong.name = "wrong";
  wrong.logits = [right](const HostBatch& batch) {
    auto logits = right.logits(batch);
    logits[0] += 0.01f;
    return logits;
  };
  close.most_difference = 0;
  close.least_top1 = 0.995;
  close.logits = [right](const HostBatch& batch) {
    auto logits = right.logits(batch);
    for (std::size_t i = 0; i < logits.size(); i += 3) std::swap(logits[i], logits[i + 1]);
    return logits;
  };
  const auto rows = verify(weights(), images_, {right, wrong, close}, progress_);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].name, "mien fp32");
  EXPECT_EQ(rows[0].limit, "difference <= 0.0001");
  EXPECT_EQ(rows[0].agreement.images, 11);
  EXPECT_TRUE(rows[0].passed);
  EXPECT_FALSE(rows[1].passed);
  EXPECT_NEAR(rows[1].agreement.max_difference, 0.01, 1e-4);
  EXPECT_EQ(rows[2].limit, "top-1 >= 99.5 %");
  EXPECT_FALSE(rows[2].passed);
}

/// Patches, dilated convolutions and the two gates, in our engine: 80 pixels cut the map into unequal patches.
TEST_F(Verify, EfficientFaceAnswersAsLibtorch) {
  for (const int size : {80, 96}) {
    const NetworkOptions network{.arch = "efficientface", .num_classes = 7};
    WeightsInfo info = testing::info_for(network, size);
    const auto source = create_network(network);
    testing::randomise(*source);
    save_weights(weights(), *source, info);
    export_weights(weights(), model(), {});
    const auto rows = verify(weights(), images_, {runtime_candidate(model(), "fp32", 1)}, progress_);
    EXPECT_LE(rows.at(0).agreement.relative(), 1e-5) << size;
    EXPECT_GT(rows.at(0).agreement.range, 1e-3) << size;
  }
}

TEST_F(Verify, OnlyWhatTheFileOffersIsCompared) {
  const auto names = precisions_of(model());
  EXPECT_EQ(names.front(), "fp32");
  EXPECT_EQ(std::count(names.begin(), names.end(), "int8"), 0);  // not calibrated
  EXPECT_THROW(runtime_candidate(model(), "int8", 1), Error);
  EXPECT_THROW(runtime_candidate(folder_.path() / "none.onnx", "fp32", 1), Error);
}

/// Sizes of the batches, and all their values.
std::vector<int> batches_of(const ExampleImages& images, std::vector<float>* values = nullptr) {
  Preprocessing preprocessing;
  preprocessing.color = "gray";
  preprocessing.width = preprocessing.height = 16;
  std::vector<int> sizes;
  for_each_batch(images, preprocessing, [&](const HostBatch& batch) {
    EXPECT_EQ(batch.images.size(), static_cast<std::size_t>(batch.size) * 256u);
    sizes.push_back(batch.size);
    if (values) values->insert(values->end(), batch.images.begin(), batch.images.end());
  });
  return sizes;
}

TEST_F(Verify, ImagesComeFromDataSetsFilesOrNoise) {
  EXPECT_EQ(batches_of(images_), (std::vector<int>{4, 4, 3}));
  images_.whole_batches = true;
  EXPECT_EQ(batches_of(images_), (std::vector<int>{4, 4, 4}));
  images_.data.spec = "procedural:40";
  images_.split = "all";
  images_.most = 10;
  EXPECT_EQ(batches_of(images_), (std::vector<int>{4, 4}));
  images_.whole_batches = false;
  EXPECT_EQ(batches_of(images_), (std::vector<int>{4, 4, 2}));
  images_.data.spec.clear();
  write_image(folder_.path() / "face.png", cv::Mat(20, 30, CV_8UC1, cv::Scalar(255)));
  images_.files = {(folder_.path() / "face.png").string()};
  std::vector<float> values;
  EXPECT_EQ(batches_of(images_, &values), (std::vector<int>{1}));
  for (const float v : values) ASSERT_FLOAT_EQ(v, 1);  // (255 / 255 - 0.5) / 0.5
}

TEST_F(Verify, NoImageIsAnError) {
  images_.files = {};
  images_.random = 0;
  EXPECT_THROW(verify(weights(), images_, {runtime_candidate(model(), "fp32", 1)}, progress_), Error);
}

}  // namespace
}  // namespace mien::exporting
