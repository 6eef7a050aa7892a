// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/deciding_facts.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/train/trainings_for_tests.h"

namespace mien {
namespace {

std::string message_of(const DecidingFacts& stored, const DecidingFacts& now) {
  try {
    check_same_training(stored, now, "last.state");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    return error.what();
  }
}

TEST(DecidingFacts, LeaveOutWhatDecidesNothing) {
  const DataPlan data = drawn_faces(20);
  TrainConfig config;
  const ComputePlan one = plan_compute("fp32", "cpu", 1), two = plan_compute("fp32", "cpu", 2);
  const DecidingFacts facts = deciding_facts(config, data, one);
  config.threads = 4, config.loader_threads = 7, config.cache_mb = 3, config.name = "another", config.project = "elsewhere";
  config.method.pal.weight = 3;  // another method's
  config.weights = "gone.safetensors";
  EXPECT_EQ(deciding_facts(config, data, two), facts);
  EXPECT_EQ(message_of(facts, deciding_facts(config, data, two)), "");
}

TEST(DecidingFacts, NameWhatDiffers) {
  const DataPlan data = drawn_faces(20);
  TrainConfig config;
  const DecidingFacts facts = deciding_facts(config, data, plan_compute("fp32", "cpu", 1));
  EXPECT_NE(message_of(facts, deciding_facts(config, data, plan_compute("bf16", "cpu", 1))).find("training.precision was fp32, now it is bf16"), std::string::npos)
      << "what 'auto' comes to on another processor";
  config.batch_size = 9;
  EXPECT_NE(message_of(facts, deciding_facts(config, data, plan_compute("fp32", "cpu", 1))).find("training.batch_size was 128, now it is 9"), std::string::npos);
}

TEST(DecidingFacts, KnowWhatTheDataSay) {
  DataPlan data = drawn_faces(20);
  const TrainConfig config;
  const ComputePlan plan = plan_compute("fp32", "cpu", 1);
  const DecidingFacts facts = deciding_facts(config, data, plan);
  Dataset images = *data.parts[0].train;
  const auto changed = [&](const std::function<void(Annotations&)>& change) {
    Dataset other = images;
    change(other.records[7].annotations);
    data.data_hash = dataset_hash(other);
    return message_of(facts, deciding_facts(config, data, plan)).find("data.content was ") != std::string::npos;
  };
  EXPECT_FALSE(changed([](Annotations&) {}));
  EXPECT_TRUE(changed([](Annotations& a) { a.landmarks.assign(68, {3.5F, 4}); }));
  EXPECT_TRUE(changed([](Annotations& a) { a.action_units.assign(18, 1.5F); }));
  EXPECT_TRUE(changed([](Annotations& a) { a.valence_arousal = ValenceArousal{0.25F, -0.5F}; }));
  EXPECT_TRUE(changed([](Annotations& a) { a.label = (a.label + 1) % 8; }));
}

TEST(DecidingFacts, KnowWhatIsInAFileAndNotWhereItLies) {
  TemporaryFolder folder;
  const DataPlan data = drawn_faces(20);
  const ComputePlan plan = plan_compute("fp32", "cpu", 1);
  TrainConfig config;
  config.method.method = "ldl";
  const auto with = [&](const std::string& name, const std::string& text) {
    write_atomically(folder.path() / name, text);
    config.method.ldl.distributions = (folder.path() / name).string();
    return deciding_facts(config, data, plan);
  };
  const auto first = with("a.csv", "image,p0"), moved = with("b.csv", "image,p0"), other = with("a.csv", "image,p1");
  EXPECT_EQ(first, moved);
  EXPECT_NE(message_of(first, other).find("ldl.ldl_distributions was "), std::string::npos);
}

TEST(DecidingFacts, AnOptionThatCameLaterMustHaveItsDefault) {
  const DataPlan data = drawn_faces(20);
  TrainConfig config;
  DecidingFacts stored = deciding_facts(config, data, plan_compute("fp32", "cpu", 1));
  ASSERT_EQ(stored.erase("training.ema"), 1u);
  EXPECT_EQ(message_of(stored, deciding_facts(config, data, plan_compute("fp32", "cpu", 1))), "");
  config.ema = 0.5;
  EXPECT_NE(message_of(stored, deciding_facts(config, data, plan_compute("fp32", "cpu", 1))).find("training.ema was unknown, now it is 0.5"), std::string::npos);
  stored = deciding_facts(config, data, plan_compute("fp32", "cpu", 1));
  stored["training.momentum_of_the_past"] = "3";
  EXPECT_NE(message_of(stored, deciding_facts(config, data, plan_compute("fp32", "cpu", 1))).find("training.momentum_of_the_past was 3, now it is unknown"), std::string::npos);
}

}  // namespace
}  // namespace mien
