// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/resize.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/image/color.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

cv::Mat source(const nlohmann::json& images, const std::string& name) {
  const nlohmann::json& entry = images.at(name);
  cv::Mat image(entry["shape"][0], entry["shape"][1], CV_8UC3);
  if (name == "noise") {
    const std::vector<std::uint8_t> bytes = testing::fill_bytes(entry);
    std::copy(bytes.begin(), bytes.end(), image.data);
    return image;
  }
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x)
      for (int c = 0; c < 3; ++c)
        image.at<cv::Vec3b>(y, x)[c] = static_cast<std::uint8_t>((37 * x + 23 * y + 61 * c + 5 * x * y) % 256);
  return image;
}

cv::Mat plane(const cv::Mat& image, int channel) {
  cv::Mat out;
  cv::extractChannel(image, out, channel);
  return out;
}

cv::Mat noise(int width, int height, int channels, std::uint64_t seed) {
  Random random(seed);
  cv::Mat image(height, width, CV_8UC(channels));
  for (int i = 0; i < width * height * channels; ++i) image.data[i] = static_cast<std::uint8_t>(random.next());
  return image;
}

TEST(Resize, IsBitEqualToPillow) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/resize.json");
  int cases = 0;
  for (const nlohmann::json& c : golden["cases"]) {
    const cv::Mat image = source(golden["images"], c["image"]);
    const cv::Mat found = resize_image(image, c["out_width"], c["out_height"], resize_filter(c["filter"]));
    const std::vector<std::uint8_t> expected = c["uint8"];
    ASSERT_EQ(expected.size(), found.total() * 3);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.data)) << c["filter"] << c["out_width"] << c["out_height"];
    ++cases;
  }
  EXPECT_EQ(cases, 18);
}

TEST(Resize, MapsUseTheSameWeightsWithoutRounding) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/resize.json");
  for (const nlohmann::json& c : golden["cases"]) {
    if (!c.contains("real_valued")) continue;
    for (int channel = 0; channel < 3; ++channel) {
      cv::Mat map;
      plane(source(golden["images"], c["image"]), channel).convertTo(map, CV_32F);
      const cv::Mat found = resize_map(map, c["out_width"], c["out_height"], resize_filter(c["filter"]));
      for (int i = 0; i < static_cast<int>(found.total()); ++i)
        EXPECT_NEAR(found.ptr<float>()[i], c["real_valued"][static_cast<std::size_t>(3 * i + channel)].get<double>(), 1e-4);
    }
  }
}

TEST(Resize, LightnessIsPillows) {
  MIEN_GOLDEN_OR_SKIP(golden, "image/resize.json");
  std::vector<std::uint8_t> pixels = testing::fill_bytes(golden["grey"]["pixels"]);
  const cv::Mat gray = to_gray(cv::Mat(1, 16, CV_8UC3, pixels.data()));
  EXPECT_EQ(std::vector<std::uint8_t>(gray.data, gray.data + 16), golden["grey"]["pillow_L"].get<std::vector<std::uint8_t>>());
}

/// The formula of the header, element by element: an oracle for sizes around the vector length.
double exact_value(const cv::Mat& line, int out, int o) {
  const double scale = static_cast<double>(line.cols) / out, stretch = std::max(1.0, scale), centre = (o + 0.5) * scale;
  double sum = 0, total = 0;
  for (int i = 0; i < line.cols; ++i) {
    const double weight = std::max(0.0, 1 - std::abs((i + 0.5 - centre) / stretch));
    sum += weight, total += weight * line.at<std::uint8_t>(0, i);
  }
  return total / sum;
}

TEST(Resize, EverySizeAroundTheVectorLength) {
  for (int in = 1; in <= 40; in += 3)
    for (int out = 1; out <= 40; ++out) {
      const cv::Mat line = noise(in, 1, 1, static_cast<std::uint64_t>(in));
      const cv::Mat wide = resize_image(line, out, 1, ResizeFilter::bilinear);
      const cv::Mat tall = resize_image(line.t(), 1, out, ResizeFilter::bilinear);
      for (int o = 0; o < out; ++o) {
        EXPECT_NEAR(wide.at<std::uint8_t>(0, o), exact_value(line, out, o), 0.501);
        EXPECT_EQ(wide.at<std::uint8_t>(0, o), tall.at<std::uint8_t>(o, 0));
      }
    }
}

TEST(Resize, LargeImagesAreTheirRowsAndColumns) {
  const cv::Mat line = noise(701, 1, 1, 4);
  cv::Mat image;
  cv::repeat(line, 70, 1, image);
  const cv::Mat wide = resize_image(image, 333, 70, ResizeFilter::bilinear);
  const cv::Mat tall = resize_image(image.t(), 70, 333, ResizeFilter::bilinear);
  for (int o = 0; o < 333; ++o)
    for (int r = 0; r < 70; ++r) {
      ASSERT_NEAR(wide.at<std::uint8_t>(r, o), exact_value(line, 333, o), 0.501) << r << " " << o;
      ASSERT_EQ(tall.at<std::uint8_t>(o, r), wide.at<std::uint8_t>(r, o)) << r << " " << o;
    }
}

TEST(Resize, GrayEqualsEveryChannelOfReplicatedGray) {
  const cv::Mat gray = noise(37, 29, 1, 1);
  for (const ResizeFilter filter :
       {ResizeFilter::nearest, ResizeFilter::bilinear, ResizeFilter::bicubic, ResizeFilter::lanczos}) {
    const cv::Mat one = resize_image(gray, 50, 20, filter), three = resize_image(to_rgb(gray), 50, 20, filter);
    EXPECT_EQ(cv::norm(to_rgb(one), three, cv::NORM_INF), 0);
  }
}

TEST(Resize, ReadsPartsOfImagesWithoutTheirNeighbours) {
  const cv::Mat whole = noise(60, 50, 3, 2), part = whole(cv::Rect(7, 5, 33, 21));
  const cv::Mat expected = resize_image(part.clone(), 17, 40, ResizeFilter::bicubic);
  EXPECT_EQ(cv::norm(resize_image(part, 17, 40, ResizeFilter::bicubic), expected, cv::NORM_INF), 0);
}

TEST(Resize, NearestTakesThePixelUnderTheCentre) {
  const cv::Mat line = (cv::Mat_<std::uint8_t>(1, 5) << 10, 20, 30, 40, 50);
  const cv::Mat shrunk = resize_image(line, 3, 1, ResizeFilter::nearest), grown = resize_image(line, 8, 2, ResizeFilter::nearest);
  EXPECT_EQ(std::vector<std::uint8_t>(shrunk.begin<std::uint8_t>(), shrunk.end<std::uint8_t>()),
            (std::vector<std::uint8_t>{10, 30, 50}));
  EXPECT_EQ(std::vector<std::uint8_t>(grown.ptr(1), grown.ptr(1) + 8),
            (std::vector<std::uint8_t>{10, 10, 20, 30, 30, 40, 50, 50}));
}

TEST(Resize, RefusesOtherTypesAndEmptySizes) {
  EXPECT_THROW(resize_image(cv::Mat(2, 2, CV_32FC1), 4, 4, ResizeFilter::bilinear), Error);
  EXPECT_THROW(resize_image(cv::Mat(2, 2, CV_8UC1), 0, 4, ResizeFilter::bilinear), Error);
  EXPECT_THROW(resize_image(cv::Mat(), 4, 4, ResizeFilter::bilinear), Error);
  EXPECT_THROW(resize_map(cv::Mat(2, 2, CV_8UC1), 4, 4, ResizeFilter::bilinear), Error);
  EXPECT_THROW(resize_filter("area"), Error);
}

}  // namespace
}  // namespace mien
