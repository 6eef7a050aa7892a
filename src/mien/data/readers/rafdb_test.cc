// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::label_names;
using testing::text_of;
using testing::Tree;
using Names = std::vector<std::string>;

TEST(Rafdb, ReadsTheOwnersListAndAlignedFaces) {
  Tree tree;
  tree.text("basic/EmoLabel/list_patition_label.txt", "train_00001.jpg 5\r\ntrain_00002.jpg 1\r\ntest_0001.jpg 7\r\n\r\n");
  for (const char* name : {"train_00001", "train_00002", "test_0001"})
    tree.image("basic/Image/aligned/" + std::string(name) + "_aligned.jpg");
  ReadReport report;
  const Dataset dataset = tree.open("rafdb", {}, &report);
  EXPECT_EQ(label_names(dataset), (Names{"sadness", "surprise", "neutral"}));
  EXPECT_EQ(dataset.records[0].split, "train");
  EXPECT_EQ(dataset.records[2].split, "test");
  EXPECT_EQ(dataset.records[2].id, "Image/aligned/test_0001_aligned.jpg");
  EXPECT_EQ(dataset.load(2).image.size(), cv::Size(6, 5));
  EXPECT_TRUE(contains(text_of(report), "published: surprise 1,290, fear 281, disgust 717, happiness 4,772")) << text_of(report);
}

TEST(Rafdb, FallsBackToOriginalImagesWithBoxAndLandmarks) {
  Tree tree;
  tree.text("EmoLabel/list_patition_label.txt", "train_00001.jpg 4\n");
  tree.image("Image/original/train_00001.jpg", 90, 20, 16);
  tree.text("Annotation/boundingbox/train_00001_boundingbox.txt", "2.0 3.0 12.0 11.0 \n");
  tree.text("Annotation/manual/train_00001_manu_attri.txt", "4.5\t5\n8\t5\n6\t7\n5\t9\n8\t9\n0\n1\n2\n");
  const Dataset dataset = tree.open("rafdb");
  ASSERT_EQ(dataset.size(), 1);
  EXPECT_EQ(dataset.records[0].source.crop, cv::Rect(2, 3, 10, 8));
  ASSERT_EQ(dataset.records[0].annotations.landmarks.size(), 5u);
  const Sample sample = dataset.load(0);
  EXPECT_EQ(sample.image.size(), cv::Size(10, 8));
  EXPECT_EQ(sample.annotations.landmarks[0], cv::Point2f(2.5f, 2.f));
}

TEST(Rafdb, CompoundExpressionsHaveTheirOwnNumbers) {
  Tree tree;
  tree.text("compound/EmoLabel/list_patition_label.txt", "train_0001.jpg 1\ntest_0001.jpg 11\n");
  tree.image("compound/Image/aligned/train_0001_aligned.jpg");
  tree.image("compound/Image/aligned/test_0001_aligned.jpg");
  EXPECT_EQ(label_names(tree.open("rafdb_compound")), (Names{"happily_surprised", "disgustedly_surprised"}));
}

TEST(Rafdb, ReadsTheKaggleForm) {
  Tree tree;
  tree.image("DATASET/train/1/train_00002_aligned.jpg");
  tree.image("DATASET/test/4/test_0007_aligned.jpg");
  const Dataset dataset = tree.open("rafdb");
  EXPECT_EQ(label_names(select_split(dataset, "train")), (Names{"surprise"}));
  EXPECT_EQ(label_names(select_split(dataset, "test")), (Names{"happiness"}));
}

TEST(Rafdb, ProblemsAndErrorsNameTheLine) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::not_found, "list_patition_label.txt");
  const std::string list = "basic/EmoLabel/list_patition_label.txt";
  tree.image("basic/Image/aligned/train_00001_aligned.jpg");
  tree.text(list, "train_00001.jpg 5\ntrain_00002.jpg 5\ntrain_00001.jpg 6\n");
  ReadReport report;
  EXPECT_EQ(tree.open("rafdb", {}, &report).size(), 1);
  EXPECT_TRUE(contains(text_of(report), "! left out 1: image file is missing")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "list_patition_label.txt:3")) << text_of(report);
  tree.text(list, "train_00001.jpg 5\ntrain_00001.jpg 8\n");
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::bad_data, "list_patition_label.txt:2: expected a class in 1..7, found 8");
  tree.text(list, "train_00001.jpg five\n");
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::bad_data, "list_patition_label.txt:1");
  tree.text(list, "train_00001.jpg\n");
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::bad_data, "found 'train_00001.jpg'");
  tree.text(list, "img_00001.jpg 3\n");
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::bad_data, "train_ or test_");
  tree.text(list, "\n");
  EXPECT_MIEN_ERROR(tree.open("rafdb"), ErrorCode::bad_data, "the list is empty");
}

}  // namespace
}  // namespace mien
