// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/leaks.h"

#include <gtest/gtest.h>

#include <thread>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

cv::Mat noise(std::uint64_t seed, int type = CV_8UC1, int width = 12, int height = 10) {
  Random random(seed);
  cv::Mat image(height, width, type);
  for (std::size_t i = 0; i < image.total() * image.elemSize(); ++i)
    image.data[i] = static_cast<std::uint8_t>(random.integer(256));
  return image;
}

/// A data set of files in a temporary folder.
class Leaks : public ::testing::Test {
 protected:
  Leaks() { dataset_.source = file_sample_source(); }

  void add(const std::string& file, const std::string& split, const std::string& identity = {}) {
    Record record;
    record.id = file;
    record.split = split;
    record.source.file = (folder_.path() / file).string();
    record.annotations.identity = identity;
    dataset_.records.push_back(record);
  }
  void write(const std::string& file, const cv::Mat& image) { write_image(folder_.path() / file, image); }
  void copy(const std::string& from, const std::string& to) { fs::copy_file(folder_.path() / from, folder_.path() / to); }

  TemporaryFolder folder_;
  Dataset dataset_;
  Progress progress_;
};

TEST_F(Leaks, TellsEqualBytesFromEqualPixels) {
  write("a.png", noise(1));
  copy("a.png", "b.png");
  write("c.png", noise(2));
  // The same pixels in other bytes: as RGB with three equal channels.
  cv::Mat rgb;
  cv::merge(std::vector<cv::Mat>{noise(2), noise(2), noise(2)}, rgb);
  write("d.png", rgb);
  write("e.png", noise(3));
  write("f.png", noise(2).reshape(1, 12));  // the same bytes of pixels in another shape
  write("g.png", noise(4, CV_8UC3));
  write("h.png", noise(4, CV_8UC3));
  for (const char* name : {"a", "c", "e"}) add(std::string(name) + ".png", "train");
  for (const char* name : {"d", "f", "g"}) add(std::string(name) + ".png", "valid");
  for (const char* name : {"b", "h"}) add(std::string(name) + ".png", "test");
  for (const int threads : {1, 3}) {
    const LeakReport report = find_leaks(dataset_, threads, progress_);
    ASSERT_EQ(report.duplicates.size(), 3u);
    EXPECT_EQ(report.duplicates[0].indices, (std::vector<std::int64_t>{0, 6}));  // a, b
    EXPECT_TRUE(report.duplicates[0].same_bytes);
    EXPECT_TRUE(report.duplicates[0].across_splits);
    EXPECT_EQ(report.duplicates[1].indices, (std::vector<std::int64_t>{1, 3}));  // c, d
    EXPECT_FALSE(report.duplicates[1].same_bytes);
    EXPECT_EQ(report.duplicates[2].indices, (std::vector<std::int64_t>{5, 7}));  // g, h: none in train
    EXPECT_EQ(report.images_across_splits, 2);
    EXPECT_TRUE(report.unreadable.empty());
  }
}

TEST_F(Leaks, FacesCutFromOnePhotographAreNoDuplicates) {
  write("group.png", noise(1, CV_8UC3, 40, 20));
  for (const int x : {0, 20, 20}) {
    add("group.png", "train");
    dataset_.records.back().source.crop = cv::Rect(x, 0, 20, 20);
  }
  const LeakReport report = find_leaks(dataset_, 2, progress_);
  ASSERT_EQ(report.duplicates.size(), 1u);
  EXPECT_EQ(report.duplicates[0].indices, (std::vector<std::int64_t>{1, 2}));
  EXPECT_FALSE(report.duplicates[0].across_splits);
  EXPECT_EQ(report.images_across_splits, 0);
}

TEST_F(Leaks, ListsUnreadableFilesAndGoesOn) {
  write("good.png", noise(1));
  write_atomically(folder_.path() / "bad.png", "not an image");
  copy("bad.png", "bad2.png");
  add("bad.png", "train");
  add("good.png", "train");
  add("missing.png", "train");
  add("bad2.png", "test");
  const LeakReport report = find_leaks(dataset_, 2, progress_);
  ASSERT_EQ(report.unreadable.size(), 3u);
  EXPECT_EQ(report.unreadable[0].rfind("bad.png: ", 0), 0u) << report.unreadable[0];
  EXPECT_EQ(report.unreadable[1].rfind("missing.png: ", 0), 0u) << report.unreadable[1];
  EXPECT_TRUE(report.duplicates.empty());
}

TEST_F(Leaks, FindsPeopleInTwoSplits) {
  const char* rows[][2] = {{"test", "ann"}, {"train", "bob"}, {"train", "ann"}, {"train", ""},
                           {"test", ""},    {"train", "bob"}, {"valid", "ann"}};
  for (int i = 0; i < 7; ++i) {
    write(std::to_string(i) + ".png", noise(static_cast<std::uint64_t>(i)));
    add(std::to_string(i) + ".png", rows[i][0], rows[i][1]);
  }
  const LeakReport report = find_leaks(dataset_, 1, progress_);
  ASSERT_EQ(report.shared_identities.size(), 1u);
  EXPECT_EQ(report.shared_identities[0].first, "ann");
  EXPECT_EQ(report.shared_identities[0].second, (std::vector<std::string>{"train", "valid", "test"}));
}

TEST_F(Leaks, ComparesPixelsHeldInMemory) {
  const auto pixels = std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
  for (const int width : {3, 2, 3}) {
    add("", "train");
    dataset_.records.back().source = {};
    dataset_.records.back().source.gray = pixels;
    dataset_.records.back().source.gray_width = width;
  }
  const LeakReport report = find_leaks(dataset_, 1, progress_);
  ASSERT_EQ(report.duplicates.size(), 1u);
  EXPECT_EQ(report.duplicates[0].indices, (std::vector<std::int64_t>{0, 2}));
  EXPECT_FALSE(report.duplicates[0].same_bytes);
}

TEST_F(Leaks, ProgressComesFromTheCallersThread) {
  struct Recorder : Progress {
    void begin(const std::string&, std::int64_t n) override { total = n; }
    void advance(std::int64_t n, const std::string&) override {
      done = n;
      same_thread = same_thread && std::this_thread::get_id() == caller;
    }
    std::thread::id caller = std::this_thread::get_id();
    std::int64_t total = -1, done = -1;
    bool same_thread = true;
  } recorder;
  for (int i = 0; i < 5; ++i) add("missing", "train");
  find_leaks(dataset_, 3, recorder);
  EXPECT_EQ(recorder.total, 5);
  EXPECT_EQ(recorder.done, 5);
  EXPECT_TRUE(recorder.same_thread);
}

TEST_F(Leaks, DropKeepsTheFirstOfTheFirstSplit) {
  const char* splits[] = {"test", "valid", "train", "train", "valid", "test", "extra"};
  for (const char* split : splits) add(split, split);
  LeakReport leaks;
  leaks.duplicates = {{{0, 2, 3}, true, true}, {{1, 4}, true, false}, {{5, 6}, false, true}};
  std::vector<std::pair<std::string, int>> removed;
  const Dataset kept = drop_duplicates(dataset_, leaks, &removed);
  ASSERT_EQ(kept.records.size(), 3u);
  EXPECT_EQ(kept.records[0].split, "valid");  // 1
  EXPECT_EQ(kept.records[1].split, "train");  // 2
  EXPECT_EQ(kept.records[2].split, "test");   // 5
  EXPECT_EQ(removed, (std::vector<std::pair<std::string, int>>{{"train", 1}, {"valid", 1}, {"test", 1}, {"extra", 1}}));
  leaks.duplicates.push_back({{0, 7}, true, true});
  EXPECT_THROW(drop_duplicates(dataset_, leaks), Error);
}

}  // namespace
}  // namespace mien
