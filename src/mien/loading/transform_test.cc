// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "mien/base/error.h"
#include "mien/image/color.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

AugmentOptions nothing() {
  AugmentOptions options;
  options.flip = 0;
  return options;
}

AugmentOptions with(const std::function<void(AugmentOptions&)>& set) {
  AugmentOptions options = nothing();
  set(options);
  return options;
}

/// Every part that moves things, alone and all together.
std::map<std::string, AugmentOptions> moves() {
  std::map<std::string, AugmentOptions> all;
  all["flip"] = with([](auto& o) { o.flip = 1; });
  all["rotate"] = with([](auto& o) { o.rotate_deg = 30; });
  all["translate"] = with([](auto& o) { o.translate = 0.15; });
  all["scale"] = with([](auto& o) { o.scale = 0.2; });
  all["shear"] = with([](auto& o) { o.shear_deg = 15; });
  all["affine_jitter"] = with([](auto& o) { o.affine_jitter = 0.1; });
  all["pad_crop"] = with([](auto& o) { o.pad_crop = 0.1; });
  all["random_resized_crop"] = with([](auto& o) { o.random_resized_crop = true, o.crop_scale_min = 0.6; });
  all["all"] = with([](auto& o) {
    o.flip = 0.5, o.rotate_deg = 10, o.translate = 0.05, o.scale = 0.1, o.shear_deg = 5, o.affine_jitter = 0.03;
    o.pad_crop = 0.05, o.random_resized_crop = true, o.crop_scale_min = 0.7;
  });
  return all;
}

/// A round spot of sigma 2 at a landmark, in the image and in the heat map; a square around it in the mask.
Sample spotted(int width, int height, cv::Point2f at, int channels) {
  Sample sample;
  cv::Mat gray(height, width, CV_8UC1);
  sample.heat_map = cv::Mat(height, width, CV_32FC1);
  sample.mask = cv::Mat(height, width, CV_8UC1, cv::Scalar(0));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double spot = std::exp(-((x - at.x) * (x - at.x) + (y - at.y) * (y - at.y)) / 8);
      gray.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(std::lround(250 * spot));
      sample.heat_map.at<float>(y, x) = static_cast<float>(spot);
      if (std::abs(x - at.x) <= 5 && std::abs(y - at.y) <= 5) sample.mask.at<std::uint8_t>(y, x) = 255;
    }
  sample.image = channels == 1 ? gray : to_rgb(gray);
  sample.annotations.landmarks = {at};
  return sample;
}

/// Mean position of the brightness.
cv::Point2d centre(const cv::Mat& image) {
  cv::Mat plane;
  cv::extractChannel(image, plane, 0);
  plane.convertTo(plane, CV_64F);
  double sum = 0, x_sum = 0, y_sum = 0;
  for (int y = 0; y < plane.rows; ++y)
    for (int x = 0; x < plane.cols; ++x) {
      const double value = plane.at<double>(y, x);
      sum += value, x_sum += value * x, y_sum += value * y;
    }
  return {x_sum / sum, y_sum / sum};
}

bool inside(const cv::Point2f& p, const cv::Mat& image, float margin) {
  return p.x >= margin && p.y >= margin && p.x < static_cast<float>(image.cols) - margin &&
         p.y < static_cast<float>(image.rows) - margin;
}

TEST(Augment, EverythingMovesTogether) {
  for (const auto& [name, options] : moves())
    for (const int channels : {1, 3}) {
      SCOPED_TRACE(name);
      int seen = 0;
      for (std::uint64_t key = 0; key < 60; ++key) {
        Random place(100 + key);
        const cv::Point2f at(static_cast<float>(25 + place.integer(51)),
                             static_cast<float>(20 + place.integer(41)));  // whole, which is fair to the mask
        Sample sample = spotted(100, 80, at, channels);
        augment(sample, options, Random(1, key), 90, 110);
        const cv::Point2f moved = sample.annotations.landmarks.at(0);
        if (!inside(moved, sample.image, 14)) continue;
        ++seen;
        const cv::Point2d in_image = centre(sample.image), in_map = centre(sample.heat_map), in_mask = centre(sample.mask);
        EXPECT_LT(std::hypot(in_image.x - moved.x, in_image.y - moved.y), 0.15) << key;
        EXPECT_LT(std::hypot(in_map.x - moved.x, in_map.y - moved.y), 0.15) << key;
        EXPECT_LT(std::hypot(in_mask.x - moved.x, in_mask.y - moved.y), 0.9) << key;
        EXPECT_EQ(cv::countNonZero((sample.mask != 0) & (sample.mask != 255)), 0);
        ASSERT_EQ(sample.mask.size(), sample.image.size());
        ASSERT_EQ(sample.heat_map.size(), sample.image.size());
      }
      EXPECT_GT(seen, 30);
    }
}

TEST(Augment, MovesReallyMove) {
  for (const auto& [name, options] : moves()) {
    const cv::Point2f at(40.3F, 30.7F);
    double farthest = 0;
    for (std::uint64_t key = 0; key < 20; ++key) {
      Sample sample = spotted(100, 80, at, 1);
      augment(sample, options, Random(2, key), 100, 80);
      farthest = std::max(farthest, cv::norm(sample.annotations.landmarks[0] - at));
    }
    EXPECT_GT(farthest, 1) << name;
  }
}

Sample busy(int channels) {
  Sample sample = spotted(50, 40, {20, 20}, channels);
  Random random(9);
  for (std::size_t i = 0; i < sample.image.total() * sample.image.elemSize(); ++i)
    sample.image.data[i] = static_cast<std::uint8_t>(random.next());
  sample.annotations.landmarks.clear();
  for (int i = 0; i < 68; ++i)
    sample.annotations.landmarks.emplace_back(static_cast<float>(i) / 2, static_cast<float>(i * i % 40));
  return sample;
}

AugmentOptions everything() {
  AugmentOptions options = moves()["all"];
  options.brightness = options.contrast = options.saturation = 0.4;
  options.hue = 0.1;
  options.clahe = options.blur = 0.5;
  options.border = "replicate";
  return options;
}

void expect_same(const Sample& a, const Sample& b) {
  ASSERT_EQ(a.image.size(), b.image.size());
  EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(a.mask, b.mask, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(a.heat_map, b.heat_map, cv::NORM_INF), 0);
  EXPECT_EQ(a.annotations.landmarks, b.annotations.landmarks);
}

TEST(Augment, ZeroOptionsChangeNothing) {
  for (const int channels : {1, 3}) {
    Sample sample = busy(channels);
    augment(sample, nothing(), Random(1), 20, 20);
    expect_same(sample, busy(channels));
  }
}

TEST(Augment, IsAFunctionOfItsKey) {
  int different = 0;
  for (std::uint64_t key = 0; key < 10; ++key) {
    Sample a = busy(3), b = busy(3), c = busy(3);
    augment(a, everything(), Random(4, key), 50, 40);
    augment(b, everything(), Random(4, key), 50, 40);
    augment(c, everything(), Random(5, key), 50, 40);
    expect_same(a, b);
    different += cv::norm(a.image, c.image, cv::NORM_INF) > 0;
  }
  EXPECT_EQ(different, 10);
}

TEST(Augment, PartsDoNotDisturbEachOther) {
  for (std::uint64_t key = 0; key < 10; ++key) {
    Sample alone = busy(3), colored = busy(3);
    AugmentOptions options = moves()["all"];
    augment(alone, options, Random(6, key), 50, 40);
    options.brightness = 0.4, options.blur = 1;
    augment(colored, options, Random(6, key), 50, 40);
    EXPECT_EQ(alone.annotations.landmarks, colored.annotations.landmarks);
  }
}

TEST(Augment, NeverWritesIntoSharedPixels) {
  for (const int channels : {1, 3})
    for (std::uint64_t key = 0; key < 20; ++key) {
      const Sample original = busy(channels), untouched = busy(channels);
      Sample sample = original;  // shares the pixels
      augment(sample, everything(), Random(7, key), 60, 60);
      fit_to_input(sample, Preprocessing());
      expect_same(original, untouched);
    }
}

TEST(Augment, WorksWithoutAnnotations) {
  for (const int channels : {1, 3}) {
    Sample sample;
    sample.image = busy(channels).image;
    augment(sample, everything(), Random(8), 30, 20);
    EXPECT_EQ(sample.image.size(), cv::Size(30, 20));
    EXPECT_EQ(sample.image.channels(), channels);
    EXPECT_TRUE(sample.mask.empty() && sample.heat_map.empty() && sample.annotations.landmarks.empty());
  }
}

TEST(Augment, BorderFillsWhatTheImageLeft) {
  for (const bool replicate : {false, true}) {
    Sample sample = spotted(60, 60, {30, 30}, 3);
    sample.image.setTo(200);
    sample.mask.setTo(255);
    AugmentOptions options = with([](auto& o) { o.translate = 0.3, o.pad_crop = 0.2; });
    options.border = replicate ? "replicate" : "zero";
    augment(sample, options, Random(3), 60, 60);
    double least = 0;
    cv::minMaxLoc(sample.image.reshape(1), &least);
    EXPECT_EQ(least, replicate ? 200 : 0);
    EXPECT_LT(cv::countNonZero(sample.mask), 60 * 60);
  }
}

TEST(Augment, FlipHappensAsOftenAsAsked) {
  int flipped = 0;
  for (std::uint64_t key = 0; key < 2000; ++key) {
    Sample sample = busy(1);
    augment(sample, with([](auto& o) { o.flip = 0.3; }), Random(11, key), 50, 40);
    flipped += sample.annotations.landmarks != busy(1).annotations.landmarks;
  }
  EXPECT_NEAR(flipped / 2000.0, 0.3, 0.05);
}

TEST(Flip, TwiceIsIdentityAndOnceIsAMirror) {
  for (const int channels : {1, 3}) {
    Sample sample = busy(channels);
    const Sample original = busy(channels);
    flip_horizontally(sample);
    EXPECT_EQ(sample.image.ptr(3)[0], original.image.ptr(3)[49 * channels]);
    EXPECT_EQ(sample.annotations.landmarks[0],
              cv::Point2f(49 - original.annotations.landmarks[16].x, original.annotations.landmarks[16].y));
    flip_horizontally(sample);
    expect_same(sample, original);
  }
}

TEST(Fit, ResizesEverythingTogether) {
  Preprocessing p;
  p.color = "rgb", p.width = 224, p.height = 112;
  Sample sample = spotted(100, 80, {33.25F, 41.5F}, 1);
  fit_to_input(sample, p);
  ASSERT_EQ(sample.image.size(), cv::Size(224, 112));
  EXPECT_EQ(sample.image.type(), CV_8UC3);
  const cv::Point2f moved = sample.annotations.landmarks[0];
  EXPECT_NEAR(moved.x, 33.75 * 2.24 - 0.5, 1e-4);
  EXPECT_NEAR(moved.y, 42 * 1.4 - 0.5, 1e-4);
  EXPECT_LT(std::hypot(centre(sample.image).x - moved.x, centre(sample.image).y - moved.y), 0.1);
  EXPECT_LT(std::hypot(centre(sample.heat_map).x - moved.x, centre(sample.heat_map).y - moved.y), 0.1);
  EXPECT_LT(std::hypot(centre(sample.mask).x - moved.x, centre(sample.mask).y - moved.y), 1.2);
  p.color = "gray";
  fit_to_input(sample, p);
  EXPECT_EQ(sample.image.type(), CV_8UC1);
}

TEST(Fit, OrderOfAugmentingAndFittingHardlyMatters) {
  for (const int side : {60, 240})
    for (std::uint64_t key = 0; key < 10; ++key) {
      Preprocessing p;
      p.color = "rgb", p.width = 100, p.height = 100;
      AugmentOptions options = moves()["all"];
      options.random_resized_crop = key % 2, options.pad_crop = 0;
      const cv::Point2f at(static_cast<float>(side) * 0.4F, static_cast<float>(side) * 0.55F);
      Sample one = spotted(side, side, at, 3), two = one;
      augment_and_fit(one, options, Random(14, key), p);
      augment(two, options, Random(14, key), 100, 100);
      fit_to_input(two, p);
      ASSERT_EQ(one.image.size(), cv::Size(100, 100));
      EXPECT_LT(cv::norm(one.annotations.landmarks[0] - two.annotations.landmarks[0]), 0.01) << side << " " << key;
      EXPECT_LT(cv::norm(one.image, two.image, cv::NORM_L1) / static_cast<double>(one.image.total() * 3), 0.2);
    }
}

TEST(Fit, LeavesContinuousPixels) {
  Sample sample = busy(3);
  for (cv::Mat* image : {&sample.image, &sample.mask, &sample.heat_map}) *image = (*image)(cv::Rect(2, 2, 30, 30));
  Preprocessing p;
  p.width = p.height = 30;
  fit_to_input(sample, p);
  EXPECT_TRUE(sample.image.isContinuous() && sample.mask.isContinuous() && sample.heat_map.isContinuous());
}

TEST(Normalize, IsTorchvisions) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/resize.json");
  std::vector<std::uint8_t> pixels = testing::fill_bytes(golden["grey"]["pixels"]);
  const cv::Mat image(4, 4, CV_8UC3, pixels.data());
  for (const nlohmann::json& c : golden["normalise"]["cases"]) {
    for (const std::string color : {"rgb", "bgr"}) {
      Preprocessing p;
      p.color = color, p.divide_by = c["divide_by"], p.mean = c["mean"].get<std::vector<double>>(),
      p.std = c["std"].get<std::vector<double>>();
      if (color == "bgr") std::reverse(p.mean.begin(), p.mean.end()), std::reverse(p.std.begin(), p.std.end());
      std::vector<float> found(48);
      write_normalized(image, p, found.data());
      for (std::size_t pixel = 0; pixel < 4; ++pixel)
        for (std::size_t channel = 0; channel < 3; ++channel) {
          const double expected = c["first_4_pixels"][pixel][channel];
          EXPECT_NEAR(found[(color == "bgr" ? 2 - channel : channel) * 16 + pixel], expected, 1e-6 * (1 + std::abs(expected)))
              << c["name"];
        }
    }
  }
}

TEST(Normalize, GrayIsReplicatedAndRgbBecomesLightness) {
  std::vector<std::uint8_t> levels = {0, 51, 102, 255, 1, 254};
  const cv::Mat gray(2, 3, CV_8UC1, levels.data());
  Preprocessing p;
  p.color = "rgb", p.mean = {0, 0.2, 0.4}, p.std = {1, 0.5, 0.25};
  std::vector<float> found(18);
  write_normalized(gray, p, found.data());
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[c * 6 + i], (levels[i] / 255.0 - p.mean[c]) / p.std[c], 1e-6);
  p.color = "gray", p.mean = {0.5}, p.std = {0.5};
  write_normalized(to_rgb(gray), p, found.data());
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[i], levels[i] / 127.5 - 1, 1e-6);
}

TEST(Erase, FillsOneRectangleWithNoise) {
  constexpr int kSide = 64;
  AugmentOptions options = with([](auto& o) { o.erase = 1; });
  double smallest = 1, largest = 0, sum = 0, squares = 0, count = 0;
  for (std::uint64_t key = 0; key < 300; ++key) {
    std::vector<float> pixels(2 * kSide * kSide, 100.0F);
    Random random(12, key);
    erase_random(pixels.data(), 2, kSide, kSide, options, random);
    int left = kSide, right = -1, top = kSide, bottom = -1, erased = 0;
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < kSide; ++x) {
        const float first = pixels[static_cast<std::size_t>(y * kSide + x)],
                    second = pixels[static_cast<std::size_t>((kSide + y) * kSide + x)];
        ASSERT_EQ(first == 100.0F, second == 100.0F);
        if (first == 100.0F) continue;
        left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
        ++erased, sum += first, squares += first * first, count += 1;
      }
    ASSERT_EQ(erased, (right - left + 1) * (bottom - top + 1));
    smallest = std::min(smallest, erased / double(kSide * kSide)), largest = std::max(largest, erased / double(kSide * kSide));
  }
  EXPECT_NEAR(smallest, 0.02, 0.01);
  EXPECT_NEAR(largest, 0.33, 0.03);
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(squares / count, 1, 0.02);
}

TEST(Erase, HappensAsOftenAsAsked) {
  const auto share = [](double probability) {
    int erased = 0;
    for (std::uint64_t key = 0; key < 1000; ++key) {
      std::vector<float> pixels(400, 100.0F);
      Random random(13, key);
      erase_random(pixels.data(), 1, 20, 20, with([&](auto& o) { o.erase = probability; }), random);
      erased += pixels != std::vector<float>(400, 100.0F);
    }
    return erased / 1000.0;
  };
  EXPECT_EQ(share(0), 0);
  EXPECT_NEAR(share(0.25), 0.25, 0.05);
}

TEST(AugmentOptions, CanBeSetByNameWithinTheirRanges) {
  AugmentOptions options;
  OptionTable table;
  describe(options, table);
  table.read_toml_text("[augment]\nrotate_deg = 12.5\nrandom_resized_crop = true\nborder = \"replicate\"\n", "test");
  EXPECT_EQ(options.rotate_deg, 12.5);
  EXPECT_TRUE(options.random_resized_crop);
  table.check("test");
  EXPECT_THROW(table.set("augment", "flip", "1.5", "--flip"), Error);
  EXPECT_THROW(table.set("augment", "border", "mirror", "--border"), Error);
  options = {};
  options.hue = 0.6;
  EXPECT_THROW(table.check("test"), Error);
}

}  // namespace
}  // namespace mien
