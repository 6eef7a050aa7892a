// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/testing_npy.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::label_names;
using testing::npy_digit;
using testing::npy_reals;
using testing::record_of;
using testing::text_of;
using testing::Tree;
using Names = std::vector<std::string>;

const char* const header =
    "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal\n";

/// 68 points (i, 2i).
std::string landmarks() {
  std::string text;
  for (int i = 0; i < 68; ++i) text += (i ? ";" : "") + std::to_string(i) + ".5;" + std::to_string(2 * i);
  return text;
}

DatasetOptions with_classes(int classes) {
  DatasetOptions options;
  options.classes = classes;
  return options;
}

void write_tables(Tree& tree) {
  tree.text("training.csv", std::string(header) + "1/a.jpg,2,1,8,7," + landmarks() + ",1,0.5,-0.25\n" +  //
                                "1/b.jpg,0,0,8,8," + landmarks() + ",7,-0.5,0.5\n" +                     //
                                "1/c.jpg,NULL,NULL,NULL,NULL,NULL,10,-2,-2\n" +                          //
                                "1/d.jpg,3,3,-5,6," + landmarks() + ",0,0,0\n" +                         //
                                "1/e.jpg,NULL,NULL,NULL,NULL,NULL,2,0.1,0.1\n" +                         //
                                "1/gone.jpg,0,0,8,8," + landmarks() + ",3,0,0\n" +                       //
                                "2/f.jpg,0,0,8,8,NULL,6,-2,-2\n");
  // The owners' validation list comes without a header.
  tree.text("validation.csv", "1/v.jpg,0,0,8,8," + landmarks() + ",4,0,0.9\n");
  for (const char* name : {"1/a", "1/b", "1/c", "1/d", "1/e", "2/f", "1/v"})
    tree.image("Manually_Annotated_Images/" + std::string(name) + ".jpg", 50, 16, 16);
}

TEST(AffectNet, ReadsTheFirstRelease) {
  Tree tree;
  write_tables(tree);
  ReadReport report;
  const Dataset dataset = tree.open("affectnet", with_classes(8), &report);
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "contempt", "anger", "fear"}));
  const Record& first = record_of(dataset, "1/a.jpg");
  EXPECT_EQ(first.split, "train");
  EXPECT_EQ(first.source.crop, cv::Rect(2, 1, 8, 7));
  ASSERT_TRUE(first.annotations.valence_arousal);
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal->valence, 0.5f);
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal->arousal, -0.25f);
  ASSERT_EQ(first.annotations.landmarks.size(), 68u);
  EXPECT_EQ(first.annotations.landmarks[3], cv::Point2f(3.5f, 6.f));
  EXPECT_EQ(dataset.load(0).annotations.landmarks[3], cv::Point2f(1.5f, 5.f));
  EXPECT_EQ(dataset.load(0).image.size(), cv::Size(8, 7));
  const Record& last = record_of(dataset, "2/f.jpg");
  EXPECT_FALSE(last.annotations.valence_arousal);
  EXPECT_TRUE(last.annotations.landmarks.empty());
  EXPECT_EQ(record_of(dataset, "1/v.jpg").split, "valid");
  const std::string text = text_of(report);
  EXPECT_TRUE(contains(text, "  left out 1: train: expression 10")) << text;
  EXPECT_TRUE(contains(text, "! left out 2: train: no usable face box")) << text;
  EXPECT_TRUE(contains(text, "training.csv:5")) << text;
  EXPECT_TRUE(contains(text, "! left out 1: train: image file is missing")) << text;
  EXPECT_TRUE(contains(text, "published: neutral 74,874")) << text;
}

TEST(AffectNet, SevenClassesLeaveContemptOut) {
  Tree tree;
  write_tables(tree);
  ReadReport report;
  const Dataset dataset = tree.open("affectnet", with_classes(7), &report);
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "anger", "fear"}));
  EXPECT_EQ(dataset.labels.size(), 7);
  EXPECT_TRUE(contains(text_of(report), "  left out 1: train: expression 7")) << text_of(report);
  EXPECT_MIEN_ERROR(tree.open("affectnet", with_classes(6)), ErrorCode::usage, "7 or 8");
}

TEST(AffectNet, ReadsTheReleaseOf2021) {
  Tree tree;
  const std::string base = "train_set/annotations/";
  std::vector<double> points;
  for (int i = 0; i < 136; ++i) points.push_back(i);
  tree.image("train_set/images/0.jpg");
  tree.text(base + "0_exp.npy", npy_digit('5'));
  tree.text(base + "0_val.npy", npy_reals({-0.5}, "()"));
  tree.text(base + "0_aro.npy", npy_reals({0.75}, "()"));
  tree.text(base + "0_lnd.npy", npy_reals(points, "(136,)"));
  tree.image("train_set/images/4.jpg");
  tree.text(base + "4_exp.npy", npy_digit('7'));
  tree.image("train_set/images/9.jpg");
  tree.image("val_set/images/2.jpg");
  tree.text("val_set/annotations/2_exp.npy", npy_digit('0'));
  ReadReport report;
  const Dataset dataset = tree.open("affectnet", with_classes(8), &report);
  EXPECT_EQ(label_names(dataset), (Names{"disgust", "contempt", "neutral"}));
  const Record& first = record_of(dataset, "train_set/images/0.jpg");
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal.value().valence, -0.5f);
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal.value().arousal, 0.75f);
  EXPECT_EQ(first.annotations.landmarks.at(67), cv::Point2f(134.f, 135.f));
  EXPECT_EQ(record_of(dataset, "val_set/images/2.jpg").split, "valid");
  EXPECT_TRUE(contains(text_of(report), "! left out 1: train: image without an expression")) << text_of(report);
  EXPECT_EQ(tree.open("affectnet", with_classes(7)).size(), 2);
  tree.text(base + "4_exp.npy", "rubbish");
  EXPECT_MIEN_ERROR(tree.open("affectnet", with_classes(8)), ErrorCode::bad_file, "4_exp.npy");
}

TEST(AffectNet, ReadsClassFoldersByNumber) {
  Tree tree;
  tree.image("train/0/a.jpg");
  tree.image("train/6/b.jpg");
  tree.image("val/7/c.jpg");
  EXPECT_EQ(label_names(tree.open("affectnet", with_classes(8))), (Names{"neutral", "anger", "contempt"}));
  EXPECT_EQ(label_names(tree.open("affectnet", with_classes(7))), (Names{"neutral", "anger"}));
}

TEST(AffectNet, ErrorsNameFileAndLine) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("affectnet"), ErrorCode::not_found, "training.csv");
  tree.text("training.csv", "");
  EXPECT_MIEN_ERROR(tree.open("affectnet"), ErrorCode::bad_data, "training.csv: the table has no rows");
  tree.text("training.csv", std::string(header) + "a.jpg,0,0,8,8,NULL,happy,0,0\n");
  EXPECT_MIEN_ERROR(tree.open("affectnet"), ErrorCode::bad_data, "training.csv:2");
  tree.text("training.csv", "a.jpg,0,0,8,8,NULL,1\n");
  EXPECT_MIEN_ERROR(tree.open("affectnet"), ErrorCode::bad_data, "training.csv:1: expected 9 fields, found 7");
  tree.text("training.csv", "subDirectory_filePath,x,y,w,h,l,e,v,a\n");
  EXPECT_MIEN_ERROR(tree.open("affectnet"), ErrorCode::bad_file, "no column 'face_x'");
}

}  // namespace
}  // namespace mien
