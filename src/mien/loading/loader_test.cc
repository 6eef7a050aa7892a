// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/loader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <set>
#include <thread>

#include "mien/base/error.h"

namespace mien {
namespace {

using namespace std::chrono_literals;

/// Images in memory: image i is 4x4 gray with the value i everywhere but its top left pixel, which is 255. Counts what is loaded.
class MemorySource : public SampleSource {
 public:
  Sample load(const Record& record) const override {
    const auto i = static_cast<std::size_t>(record.source.offset);
    ++loads;
    if (delay > 0ms) std::this_thread::sleep_for(delay);
    if (broken.count(record.id)) throw Error(ErrorCode::bad_file, record.id + ": truncated");
    if (foreign.count(record.id)) throw std::length_error("a library gave up");
    if (record.source.offset == fatal) throw Error(ErrorCode::interrupted, "stopped at " + record.id);
    Sample sample;
    sample.id = record.id;
    sample.annotations = record.annotations;
    sample.image = cv::Mat(4, 4, CV_8UC1, cv::Scalar(static_cast<double>(i % 250)));
    sample.image.at<std::uint8_t>(0, 0) = 255;
    if (with_maps) {
      sample.mask = cv::Mat(4, 4, CV_8UC1, cv::Scalar(255));
      sample.heat_map = cv::Mat(4, 4, CV_32FC1, cv::Scalar(static_cast<double>(i)));
    }
    return sample;
  }

  mutable std::atomic<std::int64_t> loads{0};
  std::chrono::milliseconds delay{0};
  std::set<std::string> broken, foreign;
  std::atomic<std::int64_t> fatal{-1};
  bool with_maps = false;
};

class LoaderTest : public ::testing::Test {
 protected:
  LoaderTest() {
    dataset_->name = "memory";
    dataset_->labels = LabelSpace("abc", {"a", "b", "c"});
    dataset_->source = source_;
    preprocessing_.color = "gray";
    preprocessing_.width = preprocessing_.height = 4;
    preprocessing_.divide_by = 1;
    preprocessing_.mean = {0};
    preprocessing_.std = {1};
    sampler_.kind = "sequential";
    options_.batch_size = 10;
    options_.max_bad_share = 1;
  }

  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      Record record;
      record.id = "image" + std::to_string(i);
      record.source.offset = i;
      record.annotations.label = i % 3;
      dataset_->records.push_back(record);
    }
  }

  std::unique_ptr<Loader> loader(std::int64_t threads = 2) {
    options_.threads = threads;
    return std::make_unique<Loader>(dataset_, preprocessing_, augmentation_, sampler_, options_);
  }

  static std::vector<HostBatch> drain(Loader& loader) {
    std::vector<HostBatch> batches;
    while (auto batch = loader.next()) batches.push_back(std::move(*batch));
    return batches;
  }

  std::vector<HostBatch> epoch(std::int64_t threads, std::int64_t number = 0, std::int64_t first_batch = 0) {
    const auto made = loader(threads);
    made->start(number, first_batch);
    return drain(*made);
  }

  template <typename Action>
  static std::string error_of(ErrorCode code, Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
  }

  std::shared_ptr<MemorySource> source_ = std::make_shared<MemorySource>();
  std::shared_ptr<Dataset> dataset_ = std::make_shared<Dataset>();
  Preprocessing preprocessing_;
  std::optional<AugmentOptions> augmentation_;
  SamplerOptions sampler_;
  LoaderOptions options_;
};

template <typename T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

void expect_equal(const std::vector<HostBatch>& a, const std::vector<HostBatch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].indices, b[i].indices);
    EXPECT_EQ(a[i].labels, b[i].labels);
    EXPECT_TRUE(same_bytes(a[i].images, b[i].images)) << "batch " << i;
    EXPECT_TRUE(same_bytes(a[i].targets, b[i].targets));
    EXPECT_TRUE(same_bytes(a[i].landmarks, b[i].landmarks));
    EXPECT_TRUE(same_bytes(a[i].heat_maps, b[i].heat_maps));
    EXPECT_TRUE(same_bytes(a[i].masks, b[i].masks));
    EXPECT_EQ(a[i].bad.size(), b[i].bad.size());
  }
}

TEST_F(LoaderTest, DeliversEverySampleInOrder) {
  fill(25);
  for (const int threads : {0, 1, 3}) {
    const auto batches = epoch(threads);
    ASSERT_EQ(batches.size(), 3u);
    EXPECT_EQ(batches[2].size, 5);
    std::int64_t next = 0;
    for (const auto& batch : batches) {
      EXPECT_EQ(batch.channels, 1);
      EXPECT_EQ(batch.height, 4);
      EXPECT_EQ(batch.width, 4);
      EXPECT_EQ(batch.classes, 3);
      ASSERT_EQ(batch.images.size(), static_cast<std::size_t>(batch.size) * 16);
      for (std::size_t row = 0; row < static_cast<std::size_t>(batch.size); ++row, ++next) {
        EXPECT_EQ(batch.indices[row], next);
        EXPECT_EQ(batch.labels[row], next % 3);
        EXPECT_EQ(batch.images[row * 16], 255);
        EXPECT_EQ(batch.images[row * 16 + 1], static_cast<float>(next));
        for (int k = 0; k < 3; ++k) EXPECT_EQ(batch.targets[row * 3 + static_cast<std::size_t>(k)], k == next % 3 ? 1 : 0);
      }
      EXPECT_TRUE(batch.valence_arousal.empty() && batch.action_units.empty() && batch.landmarks.empty());
      EXPECT_TRUE(batch.heat_maps.empty() && batch.masks.empty() && batch.has_landmarks.empty());
    }
    EXPECT_EQ(next, 25);
  }
}

TEST_F(LoaderTest, TheSameBatchesForAnyNumberOfThreads) {
  fill(157);
  for (auto& record : dataset_->records) record.annotations.landmarks.assign(68, cv::Point2f(1, 2));
  source_->with_maps = true;
  source_->broken = {"image3", "image77"};
  preprocessing_.color = "rgb";
  preprocessing_.width = 9;
  preprocessing_.height = 7;
  augmentation_.emplace();
  augmentation_->rotate_deg = 20;
  augmentation_->translate = 0.2;
  augmentation_->brightness = 0.4;
  augmentation_->erase = 0.5;
  sampler_.kind = "balanced";
  options_.seed = 42;
  const auto expected = epoch(1, 2);
  for (const int threads : {0, 2, 5}) expect_equal(expected, epoch(threads, 2));
  options_.seed = 43;
  EXPECT_FALSE(same_bytes(epoch(2, 2)[0].images, expected[0].images));
  options_.seed = 42;
  EXPECT_FALSE(same_bytes(epoch(2, 3)[0].images, expected[0].images));
}

TEST_F(LoaderTest, RandomnessBelongsToTheSampleNotToItsPlace) {
  fill(30);
  augmentation_.emplace();
  augmentation_->brightness = 0.9;
  const auto in_order = epoch(2);
  sampler_.kind = "shuffled";
  const auto shuffled = epoch(2);
  std::map<std::int64_t, std::vector<float>> pixels;
  for (const auto& batch : in_order)
    for (std::size_t i = 0; i < batch.indices.size(); ++i)
      pixels[batch.indices[i]] = {batch.images.begin() + static_cast<std::ptrdiff_t>(i * 16),
                                  batch.images.begin() + static_cast<std::ptrdiff_t>(i * 16 + 16)};
  EXPECT_NE(in_order[0].indices, shuffled[0].indices);
  for (const auto& batch : shuffled)
    for (std::size_t i = 0; i < batch.indices.size(); ++i)
      EXPECT_TRUE(std::equal(pixels[batch.indices[i]].begin(), pixels[batch.indices[i]].end(),
                             batch.images.begin() + static_cast<std::ptrdiff_t>(i * 16)));
}

TEST_F(LoaderTest, AnImageShownAgainIsAugmentedAnew) {
  fill(200);
  dataset_->records.erase(dataset_->records.begin(), dataset_->records.begin() + 199);
  sampler_.kind = "balanced";
  sampler_.samples = 30;
  augmentation_.emplace();
  augmentation_->brightness = 0.9;
  std::set<float> values;
  for (const auto& batch : epoch(2))
    for (std::size_t i = 0; i < batch.indices.size(); ++i) values.insert(batch.images[i * 16 + 5]);
  EXPECT_GT(values.size(), 15u);
}

TEST_F(LoaderTest, ResumesWithoutDecodingWhatIsSkipped) {
  fill(95);
  sampler_.kind = "shuffled";
  augmentation_.emplace();
  auto whole = epoch(2, 4);
  source_->loads = 0;
  const auto rest = epoch(2, 4, 7);
  EXPECT_EQ(source_->loads, 25);
  whole.erase(whole.begin(), whole.begin() + 7);
  expect_equal(whole, rest);
  EXPECT_TRUE(epoch(2, 4, 10).empty());
  EXPECT_THROW(epoch(2, 4, 11), Error);
}

TEST_F(LoaderTest, IncompleteLastBatch) {
  fill(25);
  options_.drop_last = true;
  const auto made = loader();
  made->start(0);
  EXPECT_EQ(made->batches(), 2);
  EXPECT_EQ(drain(*made).size(), 2u);
  EXPECT_EQ(source_->loads, 20);
  dataset_->records.resize(9);
  EXPECT_TRUE(epoch(2).empty());
  dataset_->records.clear();
  EXPECT_TRUE(epoch(2).empty());
}

TEST_F(LoaderTest, HoldsNoMoreThanBatchesAhead) {
  fill(200);
  options_.batches_ahead = 3;
  const auto made = loader(4);
  made->start(0);
  const auto wait_for = [&](std::int64_t loads) {
    for (int i = 0; i < 500 && source_->loads < loads; ++i) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);  // time to go too far
    return source_->loads.load();
  };
  EXPECT_EQ(wait_for(30), 30);
  made->next();
  EXPECT_EQ(wait_for(40), 40);
  EXPECT_EQ(drain(*made).size(), 19u);
}

TEST_F(LoaderTest, BadFilesAreLeftOutCountedAndListed) {
  fill(40);
  source_->broken = {"image0", "image12", "image13", "image19"};
  for (int i = 20; i < 30; ++i) source_->broken.insert("image" + std::to_string(i));
  const auto made = loader(3);
  made->start(0);
  const auto batches = drain(*made);
  ASSERT_EQ(batches.size(), 4u);
  EXPECT_EQ(batches[0].indices, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(batches[0].images[1], 1);
  EXPECT_EQ(batches[1].indices, (std::vector<std::int64_t>{10, 11, 14, 15, 16, 17, 18}));
  EXPECT_EQ(batches[1].size, 7);
  ASSERT_EQ(batches[1].images.size(), 7u * 16);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(batches[1].images[i * 16 + 5], static_cast<float>(batches[1].indices[i]));
  EXPECT_EQ(batches[1].targets.size(), 21u);
  ASSERT_EQ(batches[1].bad.size(), 3u);
  EXPECT_EQ(batches[1].bad[0].id, "image12");
  EXPECT_EQ(batches[1].bad[0].reason, "image12: truncated");
  EXPECT_EQ(batches[2].size, 0);
  EXPECT_TRUE(batches[2].images.empty());
  EXPECT_EQ(made->bad().size(), 14u);
  made->start(1);
  EXPECT_TRUE(made->bad().empty());
}

TEST_F(LoaderTest, TooManyBadFilesStopTheEpoch) {
  fill(100);
  source_->broken = {"image5", "image6", "image15", "image16", "image95"};
  options_.max_bad_share = 0.05;
  EXPECT_EQ(epoch(2).size(), 10u);  // 5 of 100 is not more than 5 %
  source_->broken.insert("image25");
  for (const int threads : {0, 2}) {
    const auto made = loader(threads);
    made->start(0);
    for (int i = 0; i < 9; ++i) made->next();
    const std::string message = error_of(ErrorCode::bad_data, [&] { made->next(); });
    for (const char* part : {"6 of", "image5", "image6", "image15", "truncated"})
      EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_EQ(error_of(ErrorCode::bad_data, [&] { made->next(); }), message);
  }
}

TEST_F(LoaderTest, WhateverALibraryThrowsIsOneImagesFailure) {
  fill(60);
  options_.max_bad_share = 0.05;
  source_->foreign = {"image27"};
  for (const int threads : {0, 3}) {
    const auto made = loader(threads);
    made->start(0);
    std::int64_t images = 0;
    for (const auto& batch : drain(*made)) images += batch.size;
    EXPECT_EQ(images, 59);
    ASSERT_EQ(made->bad().size(), 1u);
    EXPECT_EQ(made->bad()[0].id, "image27");
    EXPECT_EQ(made->bad()[0].reason, "image27: a library gave up");
  }
}

TEST_F(LoaderTest, AnInterruptionReachesNextInItsTurn) {
  fill(60);
  source_->fatal = 27;
  for (const int threads : {0, 1, 4}) {
    const auto made = loader(threads);
    made->start(0);
    EXPECT_EQ(made->next()->size, 10);
    EXPECT_EQ(made->next()->size, 10);
    for (int again = 0; again < 2; ++again) {
      try {
        made->next();
        ADD_FAILURE();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::interrupted);
        EXPECT_STREQ(error.what(), "stopped at image27");
      }
    }
    source_->fatal = -1;
    made->start(1);
    EXPECT_EQ(drain(*made).size(), 6u);
    source_->fatal = 27;
  }
}

TEST_F(LoaderTest, StopsPromptlyInMidEpoch) {
  fill(5000);
  source_->delay = 2ms;
  options_.batch_size = 1000;
  const auto made_at = std::chrono::steady_clock::now();
  {
    const auto made = loader(3);
    made->start(0);
    std::this_thread::sleep_for(10ms);
    made->start(1);
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_LT(source_->loads, 500);
  EXPECT_LT(std::chrono::steady_clock::now() - made_at, 2s);  // the epoch takes 3.3 s
}

TEST_F(LoaderTest, OptionalFieldsOfSomeSamples) {
  fill(4);
  dataset_->records[1].annotations.valence_arousal = ValenceArousal{0.25f, -0.5f};
  dataset_->records[2].annotations.action_units.assign(18, 0.5f);
  dataset_->records[3].annotations.landmarks = {{0, 0}, {3, 3}};
  dataset_->records[0].annotations.distribution = {0.25f, 0.5f, 0.25f};
  dataset_->records[1].annotations.label = -1;
  preprocessing_.width = preprocessing_.height = 8;
  const auto batches = epoch(2);
  ASSERT_EQ(batches.size(), 1u);
  const HostBatch& b = batches[0];
  EXPECT_EQ(b.valence_arousal, (std::vector<float>{0, 0, 0.25f, -0.5f, 0, 0, 0, 0}));
  EXPECT_EQ(b.has_valence_arousal, (std::vector<std::uint8_t>{0, 1, 0, 0}));
  ASSERT_EQ(b.action_units.size(), 72u);
  EXPECT_EQ(b.action_units[35], 0);
  EXPECT_EQ(b.action_units[36], 0.5f);
  EXPECT_EQ(b.has_action_units, (std::vector<std::uint8_t>{0, 0, 1, 0}));
  EXPECT_EQ(b.landmark_count, 2);
  EXPECT_EQ(b.has_landmarks, (std::vector<std::uint8_t>{0, 0, 0, 1}));
  // Twice the size, pixel centres at integers: 2 (x + 1/2) - 1/2.
  EXPECT_EQ(std::vector<float>(b.landmarks.begin() + 12, b.landmarks.end()), (std::vector<float>{0.5f, 0.5f, 6.5f, 6.5f}));
  EXPECT_EQ(b.targets, (std::vector<float>{0.25f, 0.5f, 0.25f, 0, 0, 0, 0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(b.labels, (std::vector<std::int64_t>{0, -1, 2, 0}));
}

TEST_F(LoaderTest, MapsHaveTheSizeOfTheInput) {
  fill(3);
  source_->with_maps = true;
  preprocessing_.width = 6;
  preprocessing_.height = 5;
  const auto batches = epoch(1);
  ASSERT_EQ(batches[0].heat_maps.size(), 90u);
  ASSERT_EQ(batches[0].masks.size(), 90u);
  for (std::size_t i = 0; i < 90; ++i) {
    EXPECT_FLOAT_EQ(batches[0].heat_maps[i], static_cast<float>(i / 30));
    EXPECT_EQ(batches[0].masks[i], 1);
  }
}

TEST_F(LoaderTest, AnnotationsThatDoNotFitAreErrors) {
  fill(4);
  const auto refused = [&] { return error_of(ErrorCode::bad_data, [&] { epoch(2); }); };
  const auto records = dataset_->records;
  dataset_->records[2].annotations.label = 3;
  EXPECT_NE(refused().find("image2"), std::string::npos);
  dataset_->records = records;
  dataset_->records[2].annotations.distribution = {1};
  refused();
  dataset_->records = records;
  dataset_->records[2].annotations.action_units = {1};
  refused();
  dataset_->records = records;
  dataset_->records[1].annotations.landmarks.resize(68);
  dataset_->records[2].annotations.landmarks.resize(5);
  refused();
}

TEST_F(LoaderTest, RefusesOptionsWithoutSense) {
  fill(4);
  const auto refuse = [&](auto change) {
    const LoaderOptions kept = options_;
    change(options_);
    error_of(ErrorCode::usage, [&] { Loader(dataset_, preprocessing_, augmentation_, sampler_, options_); });
    options_ = kept;
  };
  refuse([](LoaderOptions& o) { o.batch_size = 0; });
  refuse([](LoaderOptions& o) { o.threads = -1; });
  refuse([](LoaderOptions& o) { o.batches_ahead = 0; });
  refuse([](LoaderOptions& o) { o.max_bad_share = 1.5; });
  const auto made = loader();
  error_of(ErrorCode::usage, [&] { made->next(); });  // no epoch yet
  sampler_.kind = "random";
  const auto wrong = loader();
  error_of(ErrorCode::usage, [&] { wrong->start(0); });
  error_of(ErrorCode::usage, [&] { wrong->next(); });
}

}  // namespace
}  // namespace mien
