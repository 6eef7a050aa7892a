// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/eval/evaluate.h"
#include "mien/eval/predictor.h"
#include "mien/nn/network.h"
#include "mien/nn/weights.h"

namespace mien {
namespace {

/// Weights of a tiny untrained network for the FER+ classes.
fs::path write_weights(const fs::path& folder, std::vector<std::string> classes = known_label_space("ferplus").names()) {
  torch::manual_seed(1);
  NetworkOptions network;
  network.arch = "face_resnet";
  network.width = 0.125;
  network.in_channels = 1;
  network.input_size = 24;
  network.num_classes = static_cast<std::int64_t>(classes.size());
  WeightsInfo info;
  info.network = network;
  info.label_space = "test";
  info.class_names = std::move(classes);
  info.preprocessing.color = "gray";
  info.preprocessing.width = info.preprocessing.height = 24;
  info.temperature = 2;
  const auto net = create_network(network);
  save_weights(folder / "w.safetensors", *net, info);
  return folder / "w.safetensors";
}

EvaluateConfig config_for(const fs::path& weights) {
  EvaluateConfig config;
  config.weights = weights.string();
  config.data.spec = "procedural:200";
  config.split = "test";
  config.bootstrap = 50;
  return config;
}

TEST(Evaluate, ScoresASplitAndKeepsItsOrder) {
  TemporaryFolder folder;
  Progress progress;
  const EvaluationResult result = evaluate(config_for(write_weights(folder.path())), progress);
  EXPECT_GT(result.metrics.n, 0);
  EXPECT_EQ(result.metrics.n, result.predictions.size());
  EXPECT_EQ(result.predictions.temperature, 2);
  EXPECT_TRUE(result.intervals.has_value());
  DatasetOptions data;
  data.spec = "procedural:200";
  const Dataset test = select_split(open_dataset(data), "test");
  ASSERT_EQ(test.size(), result.metrics.n);
  for (std::int64_t i = 0; i < test.size(); ++i) {
    EXPECT_EQ(test.records[static_cast<std::size_t>(i)].id, result.predictions.ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(test.records[static_cast<std::size_t>(i)].annotations.label, result.predictions.labels[static_cast<std::size_t>(i)]);
  }
}

TEST(Evaluate, ThePredictorGivesTheSameAnswersOneByOne) {
  TemporaryFolder folder;
  Progress progress;
  const fs::path weights = write_weights(folder.path());
  const EvaluationResult result = evaluate(config_for(weights), progress);
  const auto p = probabilities(result.predictions);
  Predictor predictor = Predictor::load(weights);
  DatasetOptions data;
  data.spec = "procedural:200";
  const Dataset test = select_split(open_dataset(data), "test");
  for (std::int64_t i = 0; i < std::min<std::int64_t>(test.size(), 5); ++i) {
    const auto answer = predictor.predict({test.load(i).image});
    ASSERT_EQ(answer.size(), 1u);
    for (int c = 0; c < 8; ++c) EXPECT_NEAR(answer[0].probabilities[static_cast<std::size_t>(c)], p[static_cast<std::size_t>(8 * i + c)], 1e-5);
  }
}

TEST(Evaluate, ExcludesNamedImagesAndSaysHowMany) {
  TemporaryFolder folder;
  Progress progress;
  const fs::path weights = write_weights(folder.path());
  EvaluateConfig config = config_for(weights);
  const EvaluationResult all = evaluate(config, progress);
  write_atomically(folder.path() / "list.csv", "image,drop\n" + all.predictions.ids[0] + ",1\n" + all.predictions.ids[1] + ",0\n");
  config.exclude = {(folder.path() / "list.csv").string()};
  const EvaluationResult rest = evaluate(config, progress);
  EXPECT_EQ(rest.metrics.n, all.metrics.n - 1);
  bool said = false;
  for (const auto& [key, value] : rest.facts) said = said || (key == "excluded" && value.rfind("1 images", 0) == 0);
  EXPECT_TRUE(said);
}

TEST(Evaluate, MapsClassesByNameAndCountsWhatItCannotScore) {
  TemporaryFolder folder;
  Progress progress;
  const EvaluationResult result = evaluate(config_for(write_weights(folder.path(), {"anger", "happiness", "neutral"})), progress);
  for (int label : result.predictions.labels) EXPECT_LT(label, 3);
  int unscored = 0;
  for (const auto& fact : result.facts) unscored += fact.first == "not scored";
  EXPECT_EQ(unscored, 5);
}

TEST(Evaluate, CalibrationStoresTheTemperature) {
  TemporaryFolder folder;
  Progress progress;
  const fs::path weights = write_weights(folder.path());
  EvaluateConfig config = config_for(weights);
  config.calibrate = true;
  const EvaluationResult result = evaluate(config, progress);
  const State state = load_state(weights);
  ASSERT_TRUE(state.info.has_value());
  EXPECT_EQ(state.info->temperature, result.predictions.temperature);
  EXPECT_NE(state.info->temperature, 2);
  EXPECT_EQ(evaluate(config_for(weights), progress).metrics.nll, result.metrics.nll);
}

TEST(Predictor, MissingAndForeignFilesAreOneClearError) {
  TemporaryFolder folder;
  EXPECT_THROW(Predictor::load(folder.path() / "none.safetensors"), Error);
  write_atomically(folder.path() / "x.safetensors", "nonsense");
  EXPECT_THROW(Predictor::load(folder.path() / "x.safetensors"), Error);
  EXPECT_THROW(Predictor::load(folder.path()), Error);
}

}  // namespace
}  // namespace mien
