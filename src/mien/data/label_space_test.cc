// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/label_space.h"

#include <gtest/gtest.h>

#include <numeric>

#include "mien/base/error.h"

namespace mien {
namespace {

TEST(LabelSpace, CanonicalExpressionKnowsTheUsualSpellings) {
  for (const char* word : {"Happy", "HA", "happiness", " HAPPY ", "hap"})
    EXPECT_EQ(canonical_expression(word), "happiness") << word;
  EXPECT_EQ(canonical_expression("fearful"), "fear");
  EXPECT_EQ(canonical_expression("Surprised"), "surprise");
  EXPECT_EQ(canonical_expression("Disgusted"), "disgust");
  EXPECT_EQ(canonical_expression("angry"), "anger");
  EXPECT_EQ(canonical_expression("Sad"), "sadness");
  EXPECT_EQ(canonical_expression("Happily surprised"), "happily_surprised");
  EXPECT_EQ(canonical_expression("happily-surprised"), "happily_surprised");
  EXPECT_EQ(canonical_expression("HapSur"), "happily_surprised");
  EXPECT_EQ(canonical_expression("Sleepy  Face"), "sleepy_face");
}

TEST(LabelSpace, FileNumbersMeanDifferentClassesInDifferentSets) {
  EXPECT_EQ(known_label_space("rafdb").names()[static_cast<std::size_t>(known_label_space("rafdb").index_of_file_id(1))],
            "surprise");
  EXPECT_EQ(
      known_label_space("affectnet8").names()[static_cast<std::size_t>(known_label_space("affectnet8").index_of_file_id(1))],
      "happiness");
  EXPECT_EQ(known_label_space("emotieff8").names()[static_cast<std::size_t>(known_label_space("emotieff8").index_of_file_id(1))],
            "contempt");
  EXPECT_EQ(known_label_space("rafdb").index_of_file_id(0), -1);
  EXPECT_EQ(known_label_space("rafdb").index_of_file_id(7), 6);
  EXPECT_EQ(known_label_space("rafdb").file_id(6), 7);
  EXPECT_EQ(known_label_space("affectnet7").index_of_file_id(7), -1);
  EXPECT_EQ(known_label_space("rafdb_compound").index_of_file_id(11), 10);
}

TEST(LabelSpace, OrdersAreThoseOfTheOwners) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(known_label_space("ferplus").names(),
            (Names{"neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"}));
  EXPECT_EQ(known_label_space("fer2013").names(),
            (Names{"anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"}));
  EXPECT_EQ(known_label_space("ckplus").names(),
            (Names{"neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"}));
  EXPECT_EQ(known_label_space("efficientface"), known_label_space("affectnet7"));
  EXPECT_EQ(known_label_space("feratt"), known_label_space("ferplus"));
  for (const auto& name : known_label_space_names()) EXPECT_EQ(known_label_space(name).name(), name);
}

TEST(LabelSpace, RefusesNonsense) {
  EXPECT_THROW(LabelSpace("x", {"happy", "happiness"}), Error);
  EXPECT_THROW(LabelSpace("x", {"happy", "sad"}, {1}), Error);
  EXPECT_THROW(LabelSpace("x", {""}), Error);
  try {
    known_label_space("ferpuls");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_NE(error.hint().find("ferplus"), std::string::npos) << error.hint();
  }
}

TEST(LabelSpace, MadeFromNamesTakesTheKnownName) {
  EXPECT_EQ(make_label_space({"Angry", "Disgusted", "Fearful", "Happy", "Neutral", "Sad", "Surprised"}).name(), "emotieff7");
  const LabelSpace custom = make_label_space({"bored", "happy"});
  EXPECT_EQ(custom.name(), "custom");
  EXPECT_EQ(custom.index_of("HAPPINESS"), 1);
  EXPECT_EQ(custom.index_of("sad"), -1);
  // RAF-DB's classes are its own only with its numbers 1..7, which a list of names does not have.
  EXPECT_EQ(make_label_space(known_label_space("rafdb").names()).name(), "custom");
}

TEST(LabelSpace, MapsByName) {
  // EfficientFace's table {7:0,4:1,5:2,1:3,2:4,3:5,6:6} from RAF-DB's numbers.
  const LabelSpace rafdb = known_label_space("rafdb"), to = known_label_space("efficientface");
  const auto mapping = map_labels(rafdb, to);
  const std::vector<std::pair<int, int>> table = {{7, 0}, {4, 1}, {5, 2}, {1, 3}, {2, 4}, {3, 5}, {6, 6}};
  for (const auto& [file_id, expected] : table)
    EXPECT_EQ(mapping[static_cast<std::size_t>(rafdb.index_of_file_id(file_id))], expected);
}

TEST(LabelSpace, EveryPairMapsThereAndBack) {
  for (const auto& a : known_label_space_names())
    for (const auto& b : known_label_space_names()) {
      const LabelSpace from = known_label_space(a), to = known_label_space(b);
      const auto there = map_labels(from, to), back = map_labels(to, from);
      for (std::size_t i = 0; i < there.size(); ++i) {
        if (there[i] < 0)
          EXPECT_EQ(to.index_of(from.names()[i]), -1);
        else
          EXPECT_EQ(back[static_cast<std::size_t>(there[i])], static_cast<int>(i));
      }
    }
}

TEST(LabelSpace, ContemptIsDroppedOrMerged) {
  const LabelSpace eight = known_label_space("affectnet8"), seven = known_label_space("affectnet7");
  EXPECT_EQ(map_labels(eight, seven)[7], -1);
  EXPECT_EQ(map_labels(eight, seven, true)[7], seven.index_of("disgust"));
}

TEST(LabelSpace, DistributionIsMovedAndRenormalised) {
  const std::vector<int> mapping = {1, 0, -1, 1};
  const auto moved = map_distribution({0.2f, 0.3f, 0.2f, 0.3f}, mapping, 3);
  ASSERT_TRUE(moved);
  EXPECT_NEAR((*moved)[0], 0.375, 1e-6);
  EXPECT_NEAR((*moved)[1], 0.625, 1e-6);
  EXPECT_EQ((*moved)[2], 0);
  EXPECT_FALSE(map_distribution({0, 0, 1, 0}, mapping, 3));
  EXPECT_THROW(map_distribution({1, 0}, mapping, 3), Error);
}

}  // namespace
}  // namespace mien
