// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/sequences.h"

#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::label_names;
using testing::record_of;
using testing::text_of;
using testing::Tree;
using Names = std::vector<std::string>;
using Indices = std::vector<std::size_t>;

TEST(Sequences, ChoosesFrames) {
  EXPECT_EQ(choose_frames(10, 3, true).peak, (Indices{7, 8, 9}));
  EXPECT_TRUE(choose_frames(10, 3, true).first_is_neutral);
  EXPECT_EQ(choose_frames(3, 3, false).peak, (Indices{0, 1, 2}));
  EXPECT_EQ(choose_frames(3, 3, true).peak, (Indices{1, 2}));
  EXPECT_EQ(choose_frames(1, 3, true).peak, (Indices{0}));
  EXPECT_FALSE(choose_frames(1, 3, true).first_is_neutral);
  EXPECT_TRUE(choose_frames(0, 3, true).peak.empty());
  EXPECT_THROW(choose_frames(5, 0, true), Error);
}

/// S005/001: five frames of disgust with FACS and landmarks; S005/002 without label; S010/004: two frames of happiness.
void write_ckplus(Tree& tree) {
  const std::string images = "cohn-kanade-images/";
  for (int frame = 1; frame <= 5; ++frame)
    tree.image(images + "S005/001/S005_001_0000000" + std::to_string(frame) + ".png", 10 * frame);
  tree.image(images + "S005/002/S005_002_00000001.png");
  for (int frame = 1; frame <= 2; ++frame) tree.image(images + "S010/004/S010_004_0000000" + std::to_string(frame) + ".png");
  tree.text(images + ".DS_Store", "x");
  tree.text(images + "S005/.DS_Store", "x");
  tree.text(images + "S005/001/.DS_Store", "x");
  tree.text("Emotion/S005/001/S005_001_00000005_emotion.txt", "   3.0000000e+00\n");
  tree.text("Emotion/S005/001/.DS_Store", "x");
  fs::create_directories(tree.root() / "Emotion/S005/002");
  tree.text("Emotion/S010/004/S010_004_00000002_emotion.txt", "   5.0000000e+00\n");
  tree.text("FACS/S005/001/S005_001_00000005_facs.txt",
            "   9.0000000e+00   4.0000000e+00\n   1.7000000e+01   0.0000000e+00\n   3.9e+01  1.0\n");
  std::string points;
  for (int i = 0; i < 68; ++i) points += "   " + std::to_string(i) + ".0000000e+00   2.5000000e+00\n";
  tree.text("Landmarks/S005/001/S005_001_00000005_landmarks.txt", points);
}

TEST(CkPlus, TakesThePeakAndTheNeutralFrame) {
  Tree tree;
  write_ckplus(tree);
  ReadReport report;
  const Dataset dataset = tree.open("ckplus", {}, &report);
  EXPECT_EQ(label_names(dataset), (Names{"neutral", "disgust", "disgust", "disgust", "neutral", "happiness"}));
  EXPECT_EQ(dataset.records[0].id, "S005/001/S005_001_00000001.png");
  EXPECT_EQ(dataset.records[1].id, "S005/001/S005_001_00000003.png");
  EXPECT_EQ(dataset.records[0].annotations.identity, "S005");
  EXPECT_EQ(dataset.records[5].annotations.identity, "S010");
  EXPECT_EQ(dataset.records[0].group, dataset.records[3].group);
  EXPECT_NE(dataset.records[0].group, dataset.records[4].group);
  const Annotations& peak = dataset.records[3].annotations;
  ASSERT_EQ(peak.action_units.size(), 18u);
  EXPECT_EQ(peak.action_units[6], 4.f);   // AU09
  EXPECT_EQ(peak.action_units[11], 1.f);  // AU17, present but not graded
  EXPECT_EQ(peak.action_units[8], 0.f);
  EXPECT_EQ(peak.landmarks.at(67), cv::Point2f(67.f, 2.5f));
  EXPECT_TRUE(dataset.records[2].annotations.action_units.empty());
  EXPECT_EQ(dataset.load(3).image.at<std::uint8_t>(0, 0), 50);
  const std::string text = text_of(report);
  EXPECT_TRUE(contains(text, "! sequences: 3, published: 593")) << text;
  EXPECT_TRUE(contains(text, "! labelled sequences: 2, published: 327")) << text;
}

TEST(CkPlus, OtherChoicesOfFrames) {
  Tree tree;
  write_ckplus(tree);
  DatasetOptions options;
  options.last_frames = 1;
  options.first_as_neutral = false;
  EXPECT_EQ(label_names(tree.open("ckplus", options)), (Names{"disgust", "happiness"}));
}

TEST(CkPlus, ErrorsNameTheFile) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("ckplus"), ErrorCode::not_found, "cohn-kanade-images");
  tree.image("cohn-kanade-images/S005/001/S005_001_00000001.png");
  EXPECT_MIEN_ERROR(tree.open("ckplus"), ErrorCode::not_found, "Emotion");
  const std::string label = "Emotion/S005/001/S005_001_00000001_emotion.txt";
  tree.text(label, "9.0\n");
  EXPECT_MIEN_ERROR(tree.open("ckplus"), ErrorCode::bad_data, "S005_001_00000001_emotion.txt:1");
  tree.text(label, "happy\n");
  EXPECT_MIEN_ERROR(tree.open("ckplus"), ErrorCode::bad_data, "S005_001_00000001_emotion.txt:1");
  tree.text(label, "");
  EXPECT_MIEN_ERROR(tree.open("ckplus"), ErrorCode::bad_data, "an empty file");
}

TEST(Ck48, TakesIdentityAndSequenceFromTheName) {
  Tree tree;
  for (const char* name : {"happy/S010_006_00000013", "happy/S010_006_00000014", "contempt/S138_008_00000007"})
    tree.image("CK+48/" + std::string(name) + ".png");
  ReadReport report;
  const Dataset dataset = tree.open("ck48", {}, &report);
  EXPECT_EQ(label_names(dataset), (Names{"contempt", "happiness", "happiness"}));
  EXPECT_EQ(dataset.labels.name(), "ckplus");
  EXPECT_EQ(dataset.records[0].annotations.identity, "S138");
  EXPECT_EQ(dataset.records[1].group, "S010/006");
  EXPECT_EQ(dataset.records[1].group, dataset.records[2].group);
  EXPECT_TRUE(contains(text_of(report), "published: neutral 0, anger 135, contempt 54")) << text_of(report);
  tree.image("CK+48/happy/person.png");
  EXPECT_MIEN_ERROR(tree.open("ck48"), ErrorCode::bad_data, "person.png");
}

TEST(OuluCasia, TakesVisibleStrongUnlessThePathSaysOtherwise) {
  Tree tree;
  const std::string base = "Oulu_CASIA_NIR_VIS/";
  for (int frame = 0; frame < 5; ++frame) {
    const std::string name = "/00" + std::to_string(frame) + ".jpeg";
    tree.image(base + "VL/Strong/P001/Anger" + name);
    tree.image(base + "VL/Strong/P002/Surprise" + name);
    tree.image(base + "NI/Dark/P003/Fear" + name);
  }
  const Dataset dataset = tree.open("oulu_casia");
  EXPECT_EQ(label_names(dataset), (Names{"neutral", "anger", "anger", "anger", "neutral", "surprise", "surprise", "surprise"}));
  EXPECT_EQ(dataset.records[0].id, "P001/Anger/000.jpeg");
  EXPECT_EQ(dataset.records[4].annotations.identity, "P002");
  EXPECT_EQ(dataset.records[4].group, "P002/Surprise");
  DatasetOptions options;
  options.first_as_neutral = false;
  options.last_frames = 2;
  options.spec = "oulu_casia:" + (tree.root() / base / "NI/Dark").string();
  const Dataset dark = open_dataset(options);
  EXPECT_EQ(label_names(dark), (Names{"fear", "fear"}));
  EXPECT_EQ(dark.labels.size(), 6);
  Tree empty;
  EXPECT_MIEN_ERROR(empty.open("oulu_casia"), ErrorCode::not_found, "P001");
}

}  // namespace
}  // namespace mien
