// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decode.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/decode_fixtures.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

using testing::EncodedFixture;
using testing::from_base64;

/// A build may lack the library of a format; it says so.
bool can_decode(const EncodedFixture& fixture) {
  const auto bytes = from_base64(fixture.file);
  try {
    decode_image(bytes.data(), bytes.size(), "file");
  } catch (const Error& error) {
    return std::string(error.what()).find("this build has no") == std::string::npos;
  }
  return true;
}

cv::Mat decode(const std::vector<std::uint8_t>& bytes, const DecodeOptions& options = {}) {
  return decode_image(bytes.data(), bytes.size(), "file", options);
}

cv::Mat ramp(int width, int height) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) image.at<cv::Vec3b>(y, x) = cv::Vec3b(x % 256, y % 256, (x + y) / 2 % 256);
  return image;
}

/// The message and the hint of the error that the bytes cause.
std::string refusal(const std::string& bytes, const DecodeOptions& options = {}) {
  try {
    decode_image(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), "folder/x.jpg", options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    return error.what() + (" | " + error.hint());
  }
  return "decoded";
}

void expect_near(const cv::Mat& found, const cv::Mat& expected, int tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  ASSERT_EQ(found.type(), expected.type());
  EXPECT_LE(cv::norm(found, expected, cv::NORM_INF), tolerance) << found << "\nexpected\n" << expected;
}

TEST(Decode, AgreesWithOtherDecoders) {
  std::set<std::string> seen;
  for (const EncodedFixture& fixture : testing::all_fixtures()) {
    SCOPED_TRACE(fixture.name);
    if (!can_decode(fixture)) continue;
    std::vector<std::uint8_t> pixels = from_base64(fixture.pixels);
    ASSERT_EQ(pixels.size(), static_cast<std::size_t>(fixture.width * fixture.height * fixture.channels));
    const cv::Mat expected(fixture.height, fixture.width, CV_8UC(fixture.channels), pixels.data());
    DecodeOptions keep_gray;
    keep_gray.keep_gray = true;
    expect_near(decode(from_base64(fixture.file), keep_gray), expected, fixture.tolerance);
    seen.insert(fixture.name);
  }
  EXPECT_GE(seen.size(), 40u);
}

TEST(Decode, GrayIsReplicatedUnlessKept) {
  cv::Mat gray(3, 2, CV_8UC1, cv::Scalar(77));
  gray.at<std::uint8_t>(2, 1) = 200;
  const cv::Mat rgb = decode(encode_png(gray));
  ASSERT_EQ(rgb.type(), CV_8UC3);
  EXPECT_EQ(rgb.at<cv::Vec3b>(0, 0), cv::Vec3b(77, 77, 77));
  EXPECT_EQ(rgb.at<cv::Vec3b>(2, 1), cv::Vec3b(200, 200, 200));
}

TEST(Decode, JpegShrinksNoFurtherThanTheSmallestSide) {
  const std::vector<std::uint8_t> bytes = encode_jpeg(ramp(640, 480));
  const auto size = [&](int min_side) {
    DecodeOptions options;
    options.min_side_px = min_side;
    return decode(bytes, options).size();
  };
  EXPECT_EQ(size(0), cv::Size(640, 480));
  EXPECT_EQ(size(60), cv::Size(80, 60));
  EXPECT_EQ(size(61), cv::Size(160, 120));
  EXPECT_EQ(size(224), cv::Size(320, 240));
  EXPECT_EQ(size(241), cv::Size(640, 480));
  EXPECT_EQ(size(5000), cv::Size(640, 480));
}

TEST(Decode, ShrunkJpegShowsTheSamePicture) {
  DecodeOptions options;
  options.min_side_px = 32;
  const cv::Mat whole = ramp(256, 256), small = decode(encode_jpeg(whole, 98), options);
  ASSERT_EQ(small.size(), cv::Size(32, 32));
  for (int y = 2; y < 30; ++y)
    for (int x = 2; x < 30; ++x) {
      EXPECT_NEAR(small.at<cv::Vec3b>(y, x)[0], 8 * x + 3.5, 4);
      EXPECT_NEAR(small.at<cv::Vec3b>(y, x)[1], 8 * y + 3.5, 4);
    }
}

TEST(Decode, SaysWhatIsWrong) {
  const std::vector<std::uint8_t> jpeg = encode_jpeg(ramp(64, 64)), png = encode_png(ramp(64, 64));
  const std::string half_jpeg(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2));
  const std::string half_png(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(png.size() / 2));
  EXPECT_EQ(refusal(""), "folder/x.jpg: the file is 0 bytes | ");
  EXPECT_EQ(refusal(half_jpeg), "folder/x.jpg: truncated JPEG | ");
  EXPECT_EQ(refusal(half_png), "folder/x.jpg: truncated PNG | ");
  EXPECT_EQ(refusal("hello world"), "folder/x.jpg: not an image: begins with 'hello wo' | JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC and AVIF are supported");
  EXPECT_EQ(refusal("\x01\x02z"),
            "folder/x.jpg: not an image: begins with bytes 01 02 7a | JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC and AVIF are supported");
  EXPECT_NE(refusal("PK\x03\x04").find("begins with 'PK'"), std::string::npos);
  EXPECT_NE(refusal("GIF89a...").find("GIF"), std::string::npos);
  EXPECT_NE(refusal(std::string("\0\0\0\x18", 4) + "ftypisom" + std::string(12, '\0')).find("a video"), std::string::npos);
  EXPECT_NE(refusal("<!DOCTYPE html>").find("HTML"), std::string::npos);
  EXPECT_NE(refusal("version https://git-lfs.github.com/spec/v1\n").find("git lfs pull"), std::string::npos);
}

TEST(Decode, RefusesImagesAboveThePixelLimit) {
  const std::vector<std::uint8_t> bytes = encode_png(ramp(100, 50));
  DecodeOptions options;
  options.max_pixels = 4999;
  EXPECT_EQ(refusal({bytes.begin(), bytes.end()}, options), "folder/x.jpg: 100 x 50 pixels exceed the limit of 4,999 pixels | ");
  options.max_pixels = 5000;
  EXPECT_EQ(refusal({bytes.begin(), bytes.end()}, options), "decoded");
  options.max_bytes = static_cast<std::int64_t>(bytes.size()) - 1;
  EXPECT_NE(refusal({bytes.begin(), bytes.end()}, options).find("exceed the limit"), std::string::npos);
}

/// A few dozen bytes that promise a huge picture.
TEST(Decode, RefusesBombsBeforeTakingMemory) {
  std::vector<std::uint8_t> png = encode_png(ramp(4, 4));
  const std::uint8_t huge[8] = {0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0};  // 100000 x 100000
  std::copy(huge, huge + 8, png.begin() + 16);
  EXPECT_NE(refusal({png.begin(), png.end()}), "decoded");  // its checksum is wrong, too
  std::string bmp = "BM" + std::string(52, '\0');
  bmp[10] = 54, bmp[14] = 40, bmp[26] = 1, bmp[28] = 24;
  bmp[20] = bmp[24] = 1;  // 65536 x 65536
  EXPECT_EQ(refusal(bmp), "folder/x.jpg: 65536 x 65536 pixels exceed the limit of 100,000,000 pixels | ");
}

TEST(Decode, ReadsFilesWhateverTheirName) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> bytes = encode_png(ramp(5, 4));
  std::ofstream(folder.path() / "really_a_png.jpg", std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  expect_near(read_image(folder.path() / "really_a_png.jpg"), ramp(5, 4), 0);
  try {
    read_image(folder.path() / "missing.png");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST(Decode, KnowsImageExtensions) {
  for (const char* name : {"a.jpg", "b.JPEG", "c.Png", "d.webp", "x/e.bmp", "f.tif", "g.TIFF", "h.gif", "i.HEIC", "j.avif", "k.jfif"})
    EXPECT_TRUE(has_image_extension(name)) << name;
  for (const char* name : {"a.mp4", "jpg", "c.png.txt", ""}) EXPECT_FALSE(has_image_extension(name)) << name;
}

/// Some bytes that promise much: a tile far larger than its picture, a canvas of 65535 x 65535.
TEST(Decode, RefusesBombsOfOtherFormats) {
  const std::string gif = std::string("GIF89a\xff\xff\xff\xff\0\0\0", 13) + std::string(",\0\0\0\0\x01\0\x01\0\x80\0\0\0\xff\xff\xff\x02\x02\x44\x01\0;", 22);
  const std::string found = refusal(gif);
  if (found.find("this build has no") == std::string::npos) {
    EXPECT_EQ(found, "folder/x.jpg: 65535 x 65535 pixels exceed the limit of 100,000,000 pixels | ");
  }
  const auto entry = [](int tag, int kind, std::uint32_t value) {
    std::string e(12, '\0');
    e[0] = static_cast<char>(tag & 255), e[1] = static_cast<char>(tag >> 8), e[2] = static_cast<char>(kind), e[4] = 1;
    for (int i = 0; i < 4; ++i) e[static_cast<std::size_t>(8 + i)] = static_cast<char>(value >> (8 * i));
    return e;
  };
  std::string tiff("II*\0\x08\0\0\0\x0a\0", 10);
  tiff += entry(256, 4, 16) + entry(257, 4, 16) + entry(258, 3, 8) + entry(259, 3, 8) + entry(262, 3, 1) + entry(277, 3, 1);
  tiff += entry(322, 4, 1 << 16) + entry(323, 4, 1 << 15) + entry(324, 4, 8) + entry(325, 4, 100) + std::string(4, '\0');
  EXPECT_NE(refusal(tiff).find("tiles of 65536 x 32768"), std::string::npos) << refusal(tiff);
}

}  // namespace
}  // namespace mien
