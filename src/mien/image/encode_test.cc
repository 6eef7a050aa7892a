// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/encode.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

cv::Mat noise(int width, int height, int channels) {
  Random random(7);
  cv::Mat image(height, width, CV_8UC(channels));
  for (int y = 0; y < height; ++y)
    for (int i = 0; i < width * channels; ++i) image.ptr(y)[i] = static_cast<std::uint8_t>(random.next());
  return image;
}

cv::Mat back(const std::vector<std::uint8_t>& bytes) {
  DecodeOptions options;
  options.keep_gray = true;
  return decode_image(bytes.data(), bytes.size(), "encoded", options);
}

TEST(Encode, PngIsLossless) {
  for (const int channels : {1, 3}) {
    const cv::Mat image = noise(13, 9, channels), part = image(cv::Rect(2, 1, 7, 5));
    EXPECT_EQ(cv::norm(back(encode_png(image)), image, cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(back(encode_png(part)), part, cv::NORM_INF), 0);
  }
}

TEST(Encode, JpegIsCloseAndQualityCounts) {
  cv::Mat smooth(32, 32, CV_8UC3);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x) smooth.at<cv::Vec3b>(y, x) = cv::Vec3b(8 * x, 8 * y, 128);
  EXPECT_LE(cv::norm(back(encode_jpeg(smooth, 95)), smooth, cv::NORM_INF), 12);
  EXPECT_LT(encode_jpeg(noise(64, 64, 3), 20).size(), encode_jpeg(noise(64, 64, 3), 95).size());
  EXPECT_EQ(back(encode_jpeg(noise(8, 8, 1))).type(), CV_8UC1);
}

TEST(Encode, WritesByExtension) {
  const TemporaryFolder folder;
  const cv::Mat image = noise(6, 5, 3);
  write_image(folder.path() / "a.PNG", image);
  EXPECT_EQ(cv::norm(read_image(folder.path() / "a.PNG"), image, cv::NORM_INF), 0);
  write_image(folder.path() / "a.jpeg", image);
  EXPECT_EQ(read_bytes(folder.path() / "a.jpeg")[0], 0xff);
}

TEST(Encode, RefusesWhatItCannotWrite) {
  const auto code = [](auto&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  EXPECT_EQ(code([] { encode_png(cv::Mat()); }), ErrorCode::usage);
  EXPECT_EQ(code([] { encode_jpeg(cv::Mat(2, 2, CV_8UC4)); }), ErrorCode::usage);
  EXPECT_EQ(code([] { encode_jpeg(cv::Mat(2, 2, CV_8UC3), 101); }), ErrorCode::usage);
  EXPECT_EQ(code([] { encode_jpeg(cv::Mat(1, 70000, CV_8UC1, cv::Scalar(0))); }), ErrorCode::usage);
  EXPECT_EQ(code([] { write_image("x.tiff", cv::Mat(2, 2, CV_8UC3)); }), ErrorCode::usage);
}

}  // namespace
}  // namespace mien
