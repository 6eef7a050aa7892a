// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/image/decode.h"
#include "mien/image/decode_fixtures.h"
#include "mien/image/exif.h"

namespace mien {
namespace {

using testing::EncodedFixture;
using testing::from_base64;

/// The bytes in a block of exactly their size, so that a sanitizer sees every read behind the end.
struct ExactBytes {
  explicit ExactBytes(const std::uint8_t* from, std::size_t count) : data(new std::uint8_t[count]), size(count) {
    std::copy(from, from + count, data.get());
  }
  std::unique_ptr<std::uint8_t[]> data;
  std::size_t size;
};

/// True when the bytes decode; every other outcome than Error{bad_file} fails the test.
bool decodes(const ExactBytes& bytes) {
  DecodeOptions options;
  options.max_pixels = 1'000'000;
  options.keep_gray = true;
  try {
    const cv::Mat image = decode_image(bytes.data.get(), bytes.size, "damaged", options);
    EXPECT_GT(cv::sum(image)[0], -1);  // touches every pixel
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file) << error.what();
    return false;
  }
}

TEST(DecodeDamaged, EveryPrefixIsRefused) {
  for (const EncodedFixture& fixture : testing::all_fixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::vector<std::uint8_t> file = from_base64(fixture.file);
    if (std::strstr(fixture.name, "tiff")) continue;  // below
    for (std::size_t size = 0; size < file.size(); ++size)
      EXPECT_FALSE(decodes(ExactBytes(file.data(), size))) << size << " bytes";
  }
}

/// What ends a TIFF may be of no use to its first page: where the next page is, and that page. The first page is there in full or refused.
TEST(DecodeDamaged, PrefixesOfTiffsGiveAllPixelsOrNone) {
  int refused = 0;
  for (const EncodedFixture& fixture : testing::all_fixtures()) {
    if (!std::strstr(fixture.name, "tiff")) continue;
    SCOPED_TRACE(fixture.name);
    const std::vector<std::uint8_t> file = from_base64(fixture.file);
    if (!decodes(ExactBytes(file.data(), file.size()))) continue;  // a build without libtiff
    const cv::Mat whole = decode_image(file.data(), file.size(), "whole");
    for (std::size_t size = 0; size < file.size(); ++size) {
      const ExactBytes prefix(file.data(), size);
      if (!decodes(prefix)) ++refused;
      else EXPECT_EQ(cv::norm(whole, decode_image(prefix.data.get(), size, "prefix"), cv::NORM_INF), 0) << size << " bytes";
    }
  }
  EXPECT_GT(refused, 5000);
}

TEST(DecodeDamaged, SingleBytesNeverCrash) {
  Random random(1);
  int refused = 0;
  for (const EncodedFixture& fixture : testing::all_fixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::vector<std::uint8_t> file = from_base64(fixture.file);
    for (int i = 0; i < 300; ++i) {
      const ExactBytes bytes(file.data(), file.size());
      bytes.data[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(file.size())))] ^=
          static_cast<std::uint8_t>(1 + random.integer(255));
      refused += !decodes(bytes);
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(DecodeDamaged, RandomTailsNeverCrash) {
  Random random(2);
  for (const EncodedFixture& fixture : testing::all_fixtures()) {
    SCOPED_TRACE(fixture.name);
    const std::vector<std::uint8_t> file = from_base64(fixture.file);
    for (int i = 0; i < 30; ++i) {
      const ExactBytes bytes(file.data(), file.size());
      const auto from = static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(file.size())));
      for (std::size_t at = from; at < file.size(); ++at) bytes.data[at] = static_cast<std::uint8_t>(random.next());
      decodes(bytes);
    }
  }
}

TEST(Exif, SurvivesHostileBlocks) {
  const std::uint8_t loop[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 0xff, 0xff};       // 65535 entries, none there
  const std::uint8_t far[] = {'M', 'M', 0, 42, 0xff, 0xff, 0xff, 0xff, 0, 0};  // directory behind the end
  EXPECT_EQ(exif_orientation(loop, sizeof(loop)), 1);
  EXPECT_EQ(exif_orientation(far, sizeof(far)), 1);
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const auto size = static_cast<std::size_t>(random.integer(40));
    const std::unique_ptr<std::uint8_t[]> bytes(new std::uint8_t[size]);
    for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<std::uint8_t>(random.integer(20));
    if (size >= 4) std::memcpy(bytes.get(), "II*\0", 4);
    const int found = exif_orientation(bytes.get(), size);
    EXPECT_TRUE(found >= 1 && found <= 8);
  }
}

TEST(Exif, ReadsBothByteOrders) {
  const std::uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0};
  const std::uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 5, 0, 0};
  EXPECT_EQ(exif_orientation(little, sizeof(little)), 8);
  EXPECT_EQ(exif_orientation(big, sizeof(big)), 5);
}

/// Where the top left pixel of a 3 x 2 file is seen (EXIF 2.3: "the 0th row is the ... side, the 0th column the ...").
TEST(Exif, TurnsAsTheStandardSays) {
  const cv::Mat stored = (cv::Mat_<std::uint8_t>(2, 3) << 1, 2, 3, 4, 5, 6);
  const std::vector<cv::Mat> seen = {
      (cv::Mat_<std::uint8_t>(2, 3) << 1, 2, 3, 4, 5, 6), (cv::Mat_<std::uint8_t>(2, 3) << 3, 2, 1, 6, 5, 4),
      (cv::Mat_<std::uint8_t>(2, 3) << 6, 5, 4, 3, 2, 1), (cv::Mat_<std::uint8_t>(2, 3) << 4, 5, 6, 1, 2, 3),
      (cv::Mat_<std::uint8_t>(3, 2) << 1, 4, 2, 5, 3, 6), (cv::Mat_<std::uint8_t>(3, 2) << 4, 1, 5, 2, 6, 3),
      (cv::Mat_<std::uint8_t>(3, 2) << 6, 3, 5, 2, 4, 1), (cv::Mat_<std::uint8_t>(3, 2) << 3, 6, 2, 5, 1, 4)};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat turned = apply_orientation(stored, orientation), expected = seen[static_cast<std::size_t>(orientation - 1)];
    ASSERT_EQ(turned.size(), expected.size()) << orientation;
    EXPECT_EQ(cv::norm(turned, expected, cv::NORM_INF), 0) << orientation;
  }
}

}  // namespace
}  // namespace mien
