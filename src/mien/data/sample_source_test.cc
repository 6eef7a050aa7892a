// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/base/parallel.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::Tree;

/// 6x5 gray ramp: pixel (x,y) = 10y + x.
cv::Mat ramp() {
  cv::Mat image(5, 6, CV_8UC1);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 6; ++x) image.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(10 * y + x);
  return image;
}

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

Record file_record(const Tree& tree, const std::string& file) {
  Record record;
  record.id = file;
  record.source.file = (tree.root() / file).string();
  return record;
}

TEST(FileSampleSource, LoadsWholeFilesGrayAndColour) {
  Tree tree;
  write_image(tree.root() / "gray.png", ramp());
  write_image(tree.root() / "red.png", cv::Mat(2, 3, CV_8UC3, cv::Scalar(255, 0, 0)));
  const auto source = file_sample_source();
  const Sample gray = source->load(file_record(tree, "gray.png"));
  EXPECT_TRUE(equal(gray.image, ramp()));
  EXPECT_EQ(gray.id, "gray.png");
  const Sample red = source->load(file_record(tree, "red.png"));
  ASSERT_EQ(red.image.type(), CV_8UC3);
  EXPECT_EQ(red.image.at<cv::Vec3b>(1, 2), cv::Vec3b(255, 0, 0));
}

TEST(FileSampleSource, LoadsPartsOfFiles) {
  Tree tree;
  const auto bytes = encode_png(ramp());
  tree.text("shard.tar", "0123456789" + std::string(bytes.begin(), bytes.end()) + "tail");
  Record record = file_record(tree, "shard.tar");
  record.source.offset = 10;
  record.source.length = static_cast<std::int64_t>(bytes.size());
  EXPECT_TRUE(equal(file_sample_source()->load(record).image, ramp()));
  record.source.length += 100;
  EXPECT_MIEN_ERROR(file_sample_source()->load(record), ErrorCode::bad_file, "shard.tar");
  record.source.offset = -1;
  EXPECT_THROW(file_sample_source()->load(record), Error);
}

TEST(FileSampleSource, LoadsPixelsInMemory) {
  Record record;
  record.id = "row-7";
  record.source.gray = std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
  record.source.gray_width = 3;
  const Sample sample = file_sample_source()->load(record);
  ASSERT_EQ(sample.image.size(), cv::Size(3, 2));
  EXPECT_EQ(sample.image.at<std::uint8_t>(1, 0), 4);
  record.source.gray_width = 4;
  EXPECT_MIEN_ERROR(file_sample_source()->load(record), ErrorCode::bad_file, "row-7");
}

TEST(FileSampleSource, CutsTheBoxAndMovesTheLandmarks) {
  Tree tree;
  write_image(tree.root() / "a.png", ramp());
  Record record = file_record(tree, "a.png");
  record.source.crop = {2, 1, 3, 2};
  record.annotations.landmarks = {{2.5f, 1.f}};
  Sample sample = file_sample_source()->load(record);
  EXPECT_TRUE(equal(sample.image, ramp()(cv::Rect(2, 1, 3, 2))));
  EXPECT_EQ(sample.annotations.landmarks[0], cv::Point2f(0.5f, 0.f));
  record.source.crop = {-2, 3, 5, 9};  // clipped to x 0..2, y 3..4
  sample = file_sample_source()->load(record);
  EXPECT_TRUE(equal(sample.image, ramp()(cv::Rect(0, 3, 3, 2))));
  EXPECT_EQ(sample.annotations.landmarks[0], cv::Point2f(2.5f, -2.f));
  record.source.crop = {6, 0, 2, 2};
  EXPECT_MIEN_ERROR(file_sample_source()->load(record), ErrorCode::bad_file, "outside the 6x5 image");
}

TEST(FileSampleSource, NamesFilesThatCannotBeRead) {
  Tree tree;
  tree.text("broken.png", "this is no image");
  EXPECT_MIEN_ERROR(file_sample_source()->load(file_record(tree, "broken.png")), ErrorCode::bad_file, "broken.png");
  EXPECT_MIEN_ERROR(file_sample_source()->load(file_record(tree, "absent.png")), ErrorCode::not_found, "absent.png");
}

TEST(FileSampleSource, CacheAnswersWithoutTheFileUpToItsSize) {
  Tree tree;
  for (const char* name : {"a.png", "b.png"}) write_image(tree.root() / name, cv::Mat(40, 50, CV_8UC1, cv::Scalar(9)));
  const auto source = file_sample_source(3000);  // room for one image of 2000 bytes
  Sample first = source->load(file_record(tree, "a.png"));
  first.image.setTo(77);  // must not reach the cache
  source->load(file_record(tree, "b.png"));
  fs::remove(tree.root() / "a.png");
  fs::remove(tree.root() / "b.png");
  EXPECT_EQ(source->load(file_record(tree, "a.png")).image.at<std::uint8_t>(3, 3), 9);
  EXPECT_THROW(source->load(file_record(tree, "b.png")), Error);
  Record cropped = file_record(tree, "a.png");
  cropped.source.crop = {0, 0, 2, 2};  // another picture than the one kept
  EXPECT_THROW(source->load(cropped), Error);
}

TEST(FileSampleSource, CacheIsThreadSafe) {
  Tree tree;
  for (int i = 0; i < 8; ++i) tree.image("i" + std::to_string(i) + ".png", 10 * i);
  const auto source = file_sample_source(1 << 20);
  std::atomic<int> wrong{0};
  parallel_for(400, 4, [&](std::int64_t i) {
    const int which = static_cast<int>(i % 8);
    if (source->load(file_record(tree, "i" + std::to_string(which) + ".png")).image.at<std::uint8_t>(0, 0) != 10 * which) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace mien
