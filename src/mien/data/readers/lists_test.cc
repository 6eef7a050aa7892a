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

DatasetOptions with_labels(const std::string& labels) {
  DatasetOptions options;
  options.labels = labels;
  return options;
}

TEST(Folder, ClassesAreCanonicalAndSorted) {
  Tree tree;
  tree.image("Surprised/b.jpg");
  tree.image("Happy/sub/a.PNG.png");
  tree.image("Happy/z.jpg");
  tree.text("Happy/notes.txt", "x");
  tree.text("Happy/.DS_Store", "x");
  ReadReport report;
  const Dataset dataset = tree.open("folder", {}, &report);
  EXPECT_EQ(dataset.labels.names(), (Names{"happiness", "surprise"}));
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "happiness", "surprise"}));
  EXPECT_EQ(dataset.records[1].id, "Happy/sub/a.PNG.png");
  EXPECT_EQ(dataset.records[0].split, "");
  EXPECT_TRUE(contains(text_of(report), "left out 1: no picture (Happy/notes.txt)")) << text_of(report);
}

TEST(Folder, LinksAreFollowedLoopsEndAndContentCounts) {
  Tree tree, elsewhere;
  tree.image("happy/a.jpg");
  tree.image("happy/no-extension");
  elsewhere.image("far.jpg");
  fs::create_directory_symlink(elsewhere.root(), tree.root() / "happy" / "far");
  fs::create_directory_symlink(tree.root() / "happy", tree.root() / "happy" / "loop");
  fs::create_directory_symlink(elsewhere.root(), tree.root() / "sad");
  fs::create_symlink("gone.jpg", tree.root() / "happy" / "broken.jpg");
  ReadReport report;
  const Dataset dataset = tree.open("folder", {}, &report);
  Names ids;
  for (const auto& record : dataset.records) ids.push_back(record.id);
  EXPECT_EQ(ids, (Names{"happy/a.jpg", "happy/no-extension", "happy/far/far.jpg", "sad/far.jpg"}));
  EXPECT_TRUE(contains(text_of(report), "left out 1: a link that leads nowhere (happy/broken.jpg)")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "again (happy/loop)")) << text_of(report);
}

TEST(Folder, SplitsAboveTheClassesShareOneSpace) {
  Tree tree;
  tree.image("train/happy/1.jpg");
  tree.image("val/Happiness/2.jpg");
  tree.image("test/sad/3.jpg");
  tree.image("extra/thing.jpg");
  const Dataset dataset = tree.open("folder");
  EXPECT_EQ(dataset.labels.names(), (Names{"happiness", "sadness"}));
  EXPECT_EQ(label_names(select_split(dataset, "train")), (Names{"happiness"}));
  EXPECT_EQ(label_names(select_split(dataset, "valid")), (Names{"happiness"}));
  EXPECT_EQ(label_names(select_split(dataset, "test")), (Names{"sadness"}));
  ReadReport report;
  tree.open("folder", {}, &report);
  EXPECT_TRUE(contains(text_of(report), "left out the folder extra: it stands beside train, valid and test")) << text_of(report);
}

TEST(Folder, FoldersThatAreNoClasses) {
  Tree tree;
  tree.image("happy/a.jpg");
  tree.image("happy/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg");  // a preview of a network storage
  tree.image("sad/b.jpg");
  tree.image("@eaDir/c.jpg/SYNOPHOTO_THUMB_M.jpg");
  tree.image("__MACOSX/happy/d.jpg");
  tree.image(".thumbnails/e.jpg");
  tree.image("nan/f.jpg");
  tree.text("notes/readme.txt", "x");
  tree.text("broken/g.jpg", "no image");
  fs::create_directories(tree.root() / "empty");
  ReadReport report;
  const Dataset dataset = tree.open("folder", {}, &report);
  EXPECT_EQ(dataset.labels.names(), (Names{"happiness", "sadness"}));
  EXPECT_EQ(dataset.size(), 2);
  for (const char* line :
       {"! left out the folder nan: its name says", "! left out the folder notes: it holds no readable image",
        "! left out the folder broken: it holds no readable image", "! left out the folder empty: it holds no readable image"})
    EXPECT_TRUE(contains(text_of(report), line)) << text_of(report);
}

TEST(Folder, NumbersOfTableProgramsAreNumbers) {
  Tree tree;
  tree.image("1.0/a.jpg");
  tree.image("7.0/b.jpg");
  EXPECT_EQ(label_names(tree.open("folder", with_labels("rafdb"))), (Names{"surprise", "neutral"}));
  tree.image("happy/c.jpg");
  EXPECT_MIEN_ERROR(tree.open("folder", with_labels("rafdb")), ErrorCode::bad_data, "a number among class folders");
}

TEST(Folder, NumbersNeedALabelSpace) {
  Tree tree;
  tree.image("1/a.jpg");
  tree.image("7/b.jpg");
  EXPECT_MIEN_ERROR(tree.open("folder"), ErrorCode::usage, "numbers");
  EXPECT_EQ(label_names(tree.open("folder", with_labels("rafdb"))), (Names{"surprise", "neutral"}));
  EXPECT_EQ(label_names(tree.open("folder", with_labels("affectnet8"))), (Names{"happiness", "contempt"}));
  EXPECT_MIEN_ERROR(tree.open("folder", with_labels("affectnet7")), ErrorCode::bad_data, "folder '7' is no class");
}

TEST(Folder, EmptyRootsAreRefused) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("folder"), ErrorCode::not_found, "found no folder");
  fs::create_directories(tree.root() / "happy");
  EXPECT_MIEN_ERROR(tree.open("folder"), ErrorCode::bad_data, "no usable folder image");
}

TEST(CsvList, ReadsColumnsInAnyOrder) {
  Tree tree;
  tree.text("labels.csv",
            "split,label,image,h,w,y,x,identity,arousal,valence,comment\n"
            "Training,Happy,a.jpg,3,4,1,2,Ann,0.5,-1,\"x, y\"\n"
            "val,sad,images/b.jpg,,,,,Bob,,,\n"
            "test,,c.jpg,,,,,Bob,0,0,\n");
  tree.image("images/a.jpg");
  tree.image("images/b.jpg");
  tree.image("c.jpg");
  const Dataset dataset = tree.open("csv");
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "sadness", "-"}));
  const Record& first = dataset.records[0];
  EXPECT_EQ(first.id, "a.jpg");
  EXPECT_EQ(first.split, "train");
  EXPECT_EQ(first.source.crop, cv::Rect(2, 1, 4, 3));
  EXPECT_EQ(first.annotations.identity, "Ann");
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal.value().valence, -1.f);
  EXPECT_FLOAT_EQ(first.annotations.valence_arousal.value().arousal, 0.5f);
  EXPECT_FALSE(dataset.records[1].annotations.valence_arousal);
  EXPECT_TRUE(dataset.records[1].source.crop.empty());
  EXPECT_EQ(dataset.records[1].split, "valid");
  EXPECT_EQ(dataset.load(0).image.size(), cv::Size(4, 3));
}

TEST(CsvList, SeveralFacesOfOneImageGetTheirOwnIds) {
  Tree tree;
  tree.text("faces.csv", "image,label,x,y,w,h\na.jpg,anger,0,0,2,2\na.jpg,fear,2,2,2,2\na.jpg,fear,2,2,2,2\n");
  tree.image("a.jpg");
  DatasetOptions options;
  options.spec = "csv:" + (tree.root() / "faces.csv").string();
  ReadReport report;
  const Dataset dataset = open_dataset(options, &report);
  ASSERT_EQ(dataset.size(), 2);
  EXPECT_EQ(dataset.records[1].id, "a.jpg#2");
  EXPECT_TRUE(contains(text_of(report), "! left out 1: image listed twice")) << text_of(report);
  EXPECT_TRUE(contains(text_of(report), "faces.csv:4")) << text_of(report);
}

TEST(CsvList, NumbersNeedALabelSpace) {
  Tree tree;
  tree.text("labels.csv", "image,label\na.jpg,1\n");
  tree.image("a.jpg");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::usage, "numbers");
  EXPECT_EQ(label_names(tree.open("csv", with_labels("rafdb"))), (Names{"surprise"}));
}

// What pandas, R and spreadsheets make of a column of class numbers, and of one with gaps.
TEST(CsvList, NumbersOfTableProgramsAreNumbers) {
  Tree tree;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) tree.image(name);
  tree.text("labels.csv", "image,label\na.jpg,1.0\nb.jpg,7.0\nc.jpg,nan\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::usage, "the labels are numbers");
  ReadReport report;
  EXPECT_EQ(label_names(tree.open("csv", with_labels("rafdb"), &report)), (Names{"surprise", "neutral"}));
  EXPECT_TRUE(contains(text_of(report), "! left out 1: 'nan' says that there is no label")) << text_of(report);
  tree.text("labels.csv", "image,label\na.jpg,0.5\n");
  EXPECT_MIEN_ERROR(tree.open("csv", with_labels("rafdb")), ErrorCode::bad_data,
                    "labels.csv:2: label 0.5 is neither the name nor the number");
  tree.text("labels.csv", "image,label\na.jpg,happy\nb.jpg,1.0\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "labels are numbers and names: '1.0'");
}

TEST(CsvList, WhatMeansMissingIsNoClassAndNoIdentity) {
  Tree tree;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) tree.image(name);
  tree.text("labels.csv",
            "image,label,identity,split,valence,arousal,x,y,w,h\na.jpg,happy,nan,NaN,NA,NA,nan,nan,nan,nan\nb.jpg,NULL,,,0.5,0.5,"
            ",,,\nc.jpg,None,,,,,,,,\n"
            "d.jpg,sad,Ann,test,,,,,,\n");
  ReadReport report;
  const Dataset dataset = tree.open("csv", {}, &report);
  EXPECT_EQ(dataset.labels.names(), (Names{"happiness", "sadness"}));
  EXPECT_EQ(label_names(dataset), (Names{"happiness", "-", "sadness"}));
  EXPECT_EQ(dataset.records[0].annotations.identity, "");
  EXPECT_EQ(dataset.records[0].split, "");
  EXPECT_TRUE(dataset.records[0].source.crop.empty());
  EXPECT_TRUE(contains(text_of(report), "! left out 1: 'None' says that there is no label")) << text_of(report);
}

TEST(CsvList, NamesOfFoldersOutsideAreNoClasses) {
  Tree tree;
  tree.image("a.jpg");
  for (const char* label : {"..", "/tmp/escaped", "a/../../b"}) {
    tree.text("labels.csv", std::string("image,label\na.jpg,") + label + "\n");
    EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "cannot be the name of a class");
  }
}

TEST(CsvList, ErrorsNameFileAndLine) {
  Tree tree;
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::not_found, "labels.csv");
  tree.image("a.jpg");
  tree.text("labels.csv", "");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_file, "labels.csv");
  tree.text("labels.csv", "image,label\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "the table has no rows");
  tree.text("labels.csv", "file,label\na.jpg,happy\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_file, "no column 'image'");
  tree.text("labels.csv", "image,emotion\na.jpg,happy\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_file, "expected a column 'label'");
  tree.text("labels.csv", "image,label,x,y,w,h\na.jpg,happy,0,0,4,oops\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "labels.csv:2");
  tree.text("labels.csv", "image,label,x,y,w,h\na.jpg,happy,0,0,0,4\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "labels.csv:2: expected a face box");
  tree.text("labels.csv", "image,label,split\na.jpg,happy,hold\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "found 'hold'");
  tree.text("labels.csv", "image,label,valence,arousal\na.jpg,happy,3,0\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "labels.csv:2: expected valence and arousal");
  tree.text("labels.csv", "image,label\nb.jpg,happy\n");
  EXPECT_MIEN_ERROR(tree.open("csv"), ErrorCode::bad_data, "no usable csv image");
}

}  // namespace
}  // namespace mien
