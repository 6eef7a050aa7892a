// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::label_names;
using testing::text_of;
using testing::Tree;

/// 2304 pixels, the first of value `first`, then 7.
std::string pixels(int first) {
  std::string text = std::to_string(first);
  for (int i = 1; i < 2304; ++i) text += " 7";
  return text;
}

TEST(Fer2013, ReadsPixelsAndUsage) {
  Tree tree;
  tree.text("fer2013.csv", "emotion,pixels,Usage\n0," + pixels(255) + ",Training\n3," + pixels(0) + ",PublicTest\n6," +
                               pixels(12) + ",PrivateTest\n");
  ReadReport report;
  const Dataset dataset = tree.open("fer2013", {}, &report);
  EXPECT_EQ(label_names(dataset), (std::vector<std::string>{"anger", "happiness", "neutral"}));
  EXPECT_EQ(dataset.records[0].split, "train");
  EXPECT_EQ(dataset.records[1].split, "valid");
  EXPECT_EQ(dataset.records[2].split, "test");
  EXPECT_EQ(dataset.records[2].id, "row-00002");
  const cv::Mat image = dataset.load(2).image;
  ASSERT_EQ(image.size(), cv::Size(48, 48));
  EXPECT_EQ(image.type(), CV_8UC1);
  EXPECT_EQ(image.at<std::uint8_t>(0, 0), 12);
  EXPECT_EQ(image.at<std::uint8_t>(0, 1), 7);
  EXPECT_TRUE(contains(text_of(report), "! train: 1 images (anger 1, disgust 0")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "published: anger 3,995, disgust 436")) << text_of(report);
}

TEST(Fer2013, TakesTheFileItselfAndOtherColumnOrders) {
  Tree tree;
  tree.text("icml_face_data.csv", "emotion, Usage, pixels\n5,Training," + pixels(1) + "\n");
  EXPECT_EQ(label_names(tree.open("fer2013")), (std::vector<std::string>{"surprise"}));
  DatasetOptions options;
  options.spec = "fer2013:" + (tree.root() / "icml_face_data.csv").string();
  EXPECT_EQ(open_dataset(options).size(), 1);
}

TEST(Fer2013, ErrorsNameFileAndLine) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::not_found, "fer2013.csv");
  tree.text("fer2013.csv", "emotion,pixels\n");
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::bad_file, "no column 'Usage'");
  const std::string header = "emotion,pixels,Usage\n0," + pixels(1) + ",Training\n";
  tree.text("fer2013.csv", header + "1,1 2 3,Training\n");
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::bad_data, "fer2013.csv:3: expected 2304 pixels, found 3");
  tree.text("fer2013.csv", header + "1," + pixels(256) + ",Training\n");
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::bad_data, "fer2013.csv:3: pixel 0: expected a number in 0..255");
  tree.text("fer2013.csv", header + "7," + pixels(1) + ",Training\n");
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::bad_data, "fer2013.csv:3: expected an emotion in 0..6, found 7");
  tree.text("fer2013.csv", header + "1," + pixels(1) + ",Trainig\n");
  EXPECT_MIEN_ERROR(tree.open("fer2013"), ErrorCode::bad_data, "found 'Trainig'");
}

}  // namespace
}  // namespace mien
