// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/dataset.h"

#include <gtest/gtest.h>

#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::label_names;

Record make_record(const std::string& id, const std::string& split, int label, std::vector<float> distribution = {}) {
  Record record;
  record.id = id;
  record.split = split;
  record.annotations.label = label;
  record.annotations.distribution = std::move(distribution);
  return record;
}

Dataset small() {
  Dataset dataset{"small", known_label_space("affectnet8"), {}, nullptr};
  dataset.records = {make_record("a", "train", 0), make_record("b", "valid", 7), make_record("c", "train", 1),
                     make_record("d", "", -1)};
  return dataset;
}

TEST(Dataset, SelectsASplitInOrder) {
  const Dataset train = select_split(small(), "train");
  ASSERT_EQ(train.size(), 2);
  EXPECT_EQ(train.records[0].id, "a");
  EXPECT_EQ(train.records[1].id, "c");
  EXPECT_EQ(train.labels, small().labels);
}

TEST(Dataset, MissingSplitListsThoseThere) {
  EXPECT_MIEN_ERROR(select_split(small(), "test"), ErrorCode::bad_data, "(none), train, valid");
}

TEST(Dataset, SelectsIndicesInTheGivenOrder) {
  const Dataset chosen = select_indices(small(), {2, 0, 2});
  ASSERT_EQ(chosen.size(), 3);
  EXPECT_EQ(chosen.records[0].id, "c");
  EXPECT_EQ(chosen.records[1].id, "a");
  EXPECT_THROW(select_indices(small(), {4}), Error);
  EXPECT_THROW(select_indices(small(), {-1}), Error);
}

TEST(Dataset, MapsLabelsByNameAndCountsWhatIsLost) {
  std::map<std::string, int> dropped;
  const Dataset mapped = map_to_label_space(small(), known_label_space("rafdb"), &dropped);
  EXPECT_EQ(label_names(mapped), (std::vector<std::string>{"neutral", "happiness", "-"}));
  EXPECT_EQ(dropped, (std::map<std::string, int>{{"contempt", 1}}));
  EXPECT_EQ(mapped.labels.name(), "rafdb");
}

TEST(Dataset, MapsDistributionsAndRenormalises) {
  Dataset dataset{"small", known_label_space("affectnet8"), {}, nullptr};
  dataset.records = {make_record("a", "", 0, {0.6f, 0, 0, 0, 0, 0, 0, 0.4f}),
                     make_record("b", "", 7, {0.4f, 0, 0, 0, 0, 0, 0, 0.6f}),
                     make_record("c", "", -1, {0, 0, 0, 0, 0, 0, 0, 1.f})};
  std::map<std::string, int> dropped;
  const Dataset mapped = map_to_label_space(dataset, known_label_space("rafdb"), &dropped);
  ASSERT_EQ(mapped.size(), 1);
  EXPECT_EQ(mapped.records[0].annotations.distribution, (std::vector<float>{0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(dropped, (std::map<std::string, int>{{"contempt", 1}, {"(no label)", 1}}));
}

TEST(Dataset, LoadChecksItsIndexAndSource) {
  Dataset dataset = small();
  EXPECT_MIEN_ERROR(dataset.load(4), ErrorCode::bad_data, "image 4 of 4");
  EXPECT_MIEN_ERROR(dataset.load(0), ErrorCode::bad_data, "no source");
}

TEST(Dataset, ActionUnitsAreOpenFacesPresenceList) {
  ASSERT_EQ(action_unit_names().size(), 18u);
  EXPECT_EQ(action_unit_names()[8], "AU12");
  EXPECT_EQ(action_unit_names()[16], "AU28");
}

}  // namespace
}  // namespace mien
