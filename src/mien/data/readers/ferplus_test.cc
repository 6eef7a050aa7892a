// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::label_names;
using testing::record_of;
using testing::text_of;
using testing::Tree;
using Names = std::vector<std::string>;

const char* const new_header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";

/// Train: clear, mixed, unknown, not a face. Valid: mixed, and an exact copy of the first training image.
void write_folders(Tree& tree) {
  tree.text("FER2013Train/label.csv",
            "fer0000000.png,\"(0, 0, 48, 48)\",0,10,0,0,0,0,0,0,0,0\n"
            "fer0000003.png,\"(1, 2, 5, 4)\",4,0,0,6,0,0,0,0,0,0\n"
            "fer0000004.png,\"(0, 0, 48, 48)\",1,1,1,1,1,1,1,1,1,1\n"
            "fer0000009.png,\"(0, 0, 48, 48)\",0,0,0,0,0,0,0,0,0,10\n");
  tree.text("FER2013Valid/label.csv",
            "fer0028638.png,\"(0, 0, 48, 48)\",4,3,3,0,0,0,0,0,0,0\n"
            "fer0028640.png,\"(0, 0, 48, 48)\",0,9,1,0,0,0,0,0,0,0\n");
  for (const char* name :
       {"Train/fer0000000", "Train/fer0000003", "Train/fer0000004", "Train/fer0000009", "Valid/fer0028638", "Valid/fer0028640"})
    tree.image("FER2013" + std::string(name) + ".png");
}

DatasetOptions with_votes(const std::string& votes) {
  DatasetOptions options;
  options.votes = votes;
  return options;
}

TEST(Ferplus, MajorityOfLabelCsv) {
  Tree tree;
  write_folders(tree);
  ReadReport report;
  const Dataset dataset = tree.open("ferplus", {}, &report);
  ASSERT_EQ(dataset.size(), 3);
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "sadness", "happiness"}));
  EXPECT_EQ(dataset.records[0].id, "FER2013Train/fer0000000.png");
  EXPECT_EQ(dataset.records[0].split, "train");
  EXPECT_TRUE(dataset.records[0].source.crop.empty());
  EXPECT_EQ(dataset.records[1].source.crop, cv::Rect(1, 2, 4, 2));
  EXPECT_EQ(dataset.records[1].annotations.distribution, (std::vector<float>{0, 0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(dataset.records[2].split, "valid");
  EXPECT_EQ(dataset.load(1).image.size(), cv::Size(4, 2));
  const std::string text = text_of(report);
  EXPECT_TRUE(contains(text, "left out 1: train: unknown")) << text;
  EXPECT_TRUE(contains(text, "left out 1: train: voted not a face")) << text;
  EXPECT_TRUE(contains(text, "label.csv:4")) << text;
  EXPECT_TRUE(contains(text, "! train: rows of label.csv: 4, published: 28,558")) << text;
  EXPECT_TRUE(contains(text, "test: folder FER2013Test is not there")) << text;
}

TEST(Ferplus, OtherModesLeaveValidationAtMajority) {
  Tree tree;
  write_folders(tree);
  const Dataset soft = tree.open("ferplus", with_votes("crossentropy"));
  EXPECT_EQ(record_of(soft, "FER2013Train/fer0000003.png").annotations.distribution,
            (std::vector<float>{0.4f, 0, 0, 0.6f, 0, 0, 0, 0}));
  EXPECT_EQ(record_of(soft, "FER2013Valid/fer0028640.png").annotations.distribution,
            (std::vector<float>{0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(select_split(soft, "valid").size(), 1);
  const Dataset plain = tree.open("ferplus", with_votes("argmax"));
  EXPECT_EQ(label_names(select_split(plain, "train")), (Names{"happiness", "sadness", "neutral"}));
  EXPECT_EQ(label_names(select_split(plain, "valid")), (Names{"neutral", "happiness"}));
  EXPECT_MIEN_ERROR(tree.open("ferplus", with_votes("mean")), ErrorCode::usage, "unknown vote mode");
}

TEST(Ferplus, DuplicatesFillGroupsAndAreDroppedOnDemand) {
  Tree tree;
  write_folders(tree);
  tree.text("duplicates.csv", "group,folder,image,drop\n17,FER2013Train,fer0000000.png,0\n17,FER2013Valid,fer0028640.png,1\n");
  ReadReport with_copies;
  const Dataset all = tree.open("ferplus", {}, &with_copies);
  EXPECT_TRUE(contains(text_of(with_copies), "valid: 1 images are copies of others")) << text_of(with_copies);
  EXPECT_EQ(record_of(all, "FER2013Train/fer0000000.png").group, "dup17");
  EXPECT_EQ(record_of(all, "FER2013Valid/fer0028640.png").group, "dup17");
  EXPECT_EQ(record_of(all, "FER2013Train/fer0000003.png").group, "");
  DatasetOptions drop = with_votes("argmax");
  drop.drop_leaks = true;
  ReadReport report;
  const Dataset clean = tree.open("ferplus", drop, &report);
  EXPECT_EQ(label_names(select_split(clean, "valid")), (Names{"neutral"}));
  EXPECT_EQ(select_split(clean, "train").size(), 3);
  EXPECT_TRUE(contains(text_of(report), "left out 1: valid: copy of another image")) << text_of(report);
  EXPECT_FALSE(contains(text_of(report), "names no image")) << text_of(report);
  tree.text("FER2013Test/label.csv", "fer0032220.png,\"(0, 0, 48, 48)\",0,9,1,0,0,0,0,0,0,0\n");
  tree.image("FER2013Test/fer0032220.png");
  tree.open("ferplus", drop, &report);
  EXPECT_TRUE(contains(text_of(report), "! test: duplicates.csv names no image of FER2013Test")) << text_of(report);
}

TEST(Ferplus, NewTableIsMatchedByName) {
  Tree tree;
  write_folders(tree);
  // Another order than label.csv, a row without a name, a name given twice with the same and one with other votes.
  tree.text("fer2013new.csv", std::string(new_header) +
                                  "Training,fer0000003.png,0,0,9,0,0,0,0,0,0,0\n"
                                  "Training,,0,0,0,0,0,0,0,0,0,0\n"
                                  "Training,fer0000000.png,0,0,0,0,9,0,0,0,0,0\n"
                                  "Training,fer0000003.png,0,0,9,0,0,0,0,0,0,0\n"
                                  "PublicTest,fer0028638.png,0,0,0,0,0,8,0,0,0,0\n"
                                  "PublicTest,fer0028638.png,0,0,0,0,0,7,0,0,0,0\n");
  DatasetOptions options;
  options.vote_file = "fer2013new.csv";
  ReadReport report;
  const Dataset dataset = tree.open("ferplus", options, &report);
  EXPECT_EQ(label_names(dataset), (Names{"surprise", "anger", "disgust"}));
  EXPECT_EQ(dataset.records[0].id, "FER2013Train/fer0000003.png");
  const std::string text = text_of(report);
  EXPECT_TRUE(contains(text, "left out 1: train: rows without an image name")) << text;
  EXPECT_TRUE(contains(text, "  left out 1: train: name given before, same votes")) << text;
  EXPECT_TRUE(contains(text, "! left out 1: valid: name given before with other votes")) << text;
}

TEST(Ferplus, MissingImagesAreAProblemAndLeftOut) {
  Tree tree;
  write_folders(tree);
  fs::remove(tree.root() / "FER2013Train/fer0000003.png");
  ReadReport report;
  EXPECT_EQ(tree.open("ferplus", {}, &report).size(), 2);
  EXPECT_TRUE(contains(text_of(report), "! left out 1: train: image file is missing")) << text_of(report);
}

TEST(Ferplus, ErrorsNameFileAndLine) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::not_found, "FER2013Train");
  tree.text("FER2013Train/label.csv", "");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "label.csv: the table has no rows");
  tree.text("FER2013Train/label.csv",
            "a.png,\"(0, 0, 48, 48)\",0,10,0,0,0,0,0,0,0,0\nb.png,\"(0, 0, 48, 48)\",0,x,0,0,0,0,0,0,0,0\n");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "label.csv:2");
  tree.text("FER2013Train/label.csv", "a.png,\"(0, 0, 48, 48)\",0,10,0\n");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "label.csv:1: expected 12 columns");
  tree.text("FER2013Train/label.csv", "a.png,\"(0, 0, 48)\",0,10,0,0,0,0,0,0,0,0\n");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "expected a box");
  tree.text("FER2013Train/label.csv", "a.png,\"(0, 0, 48, 48)\",0,10,0,0,0,0,0,0,0,0\n");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "no usable ferplus image");
}

std::string pixels(int gray) {
  std::string text = std::to_string(gray);
  for (int i = 1; i < 2304; ++i) text += " " + std::to_string(gray);
  return text;
}

TEST(Ferplus, TablesAreReadRowByRow) {
  Tree tree;
  tree.text("fer2013.csv", "emotion,pixels,Usage\n3," + pixels(1) + ",Training\n3," + pixels(2) + ",Training\n0," + pixels(3) +
                               ",PrivateTest\n");
  const std::string first = std::string(new_header) + "Training,,0,0,0,0,0,0,0,0,0,0\n";
  tree.text("fer2013new.csv",
            first + "Training,fer0000001.png,0,0,7,0,0,0,0,3,0,0\nPrivateTest,fer0032220.png,9,1,0,0,0,0,0,0,0,0\n");
  const Dataset dataset = tree.open("ferplus");
  EXPECT_EQ(label_names(dataset), (Names{"surprise", "neutral"}));
  EXPECT_EQ(dataset.records[1].id, "FER2013Test/fer0032220.png");
  EXPECT_EQ(dataset.records[1].split, "test");
  EXPECT_EQ(dataset.load(0).image.at<std::uint8_t>(47, 47), 2);
  tree.text("fer2013new.csv", first);
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "3 rows but fer2013new.csv 1");
  tree.text("fer2013new.csv",
            first + "PublicTest,fer0000001.png,0,0,7,0,0,0,0,3,0,0\nPrivateTest,fer0032220.png,9,1,0,0,0,0,0,0,0,0\n");
  EXPECT_MIEN_ERROR(tree.open("ferplus"), ErrorCode::bad_data, "fer2013new.csv:3");
}

}  // namespace
}  // namespace mien
