// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/data_plan.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

int differing_labels(const Dataset& a, const Dataset& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.records.size(); ++i) count += a.records[i].annotations.label != b.records[i].annotations.label;
  return count;
}

TEST(DataPlan, LabelNoiseReachesTheTrainingPartAlone) {
  TrainConfig config;
  config.data.spec = "procedural:300";
  Progress progress;
  for (const char* source : {"split", "holdout", "folds"}) {
    config.validation.source = source;
    config.label_noise = "";
    const DataPlan clean = plan_data(config, progress);
    config.label_noise = "symmetric:0.4";
    const DataPlan noisy = plan_data(config, progress);
    ASSERT_EQ(noisy.parts.size(), clean.parts.size());
    for (std::size_t part = 0; part < clean.parts.size(); ++part) {
      EXPECT_EQ(differing_labels(*clean.parts[part].valid, *noisy.parts[part].valid), 0) << source;
      EXPECT_GT(differing_labels(*clean.parts[part].train, *noisy.parts[part].train), clean.parts[part].train->size() / 4) << source;
      EXPECT_EQ(noisy.parts[part].train->records[0].id, clean.parts[part].train->records[0].id);
    }
    EXPECT_EQ(noisy.data_hash, clean.data_hash) << "of the data set, which is the same";
    EXPECT_NE(noisy.summary.find("symmetric:0.4"), std::string::npos);
    std::vector<std::int64_t> counts(clean.class_counts.size(), 0);
    for (const Record& r : noisy.parts[0].train->records) ++counts[static_cast<std::size_t>(r.annotations.label)];
    EXPECT_EQ(noisy.class_counts, counts);
  }
}

}  // namespace
}  // namespace mien
