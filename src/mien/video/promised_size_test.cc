// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/promised_size.h"

#include <gtest/gtest.h>

#include <string>

#include "mien/base/files.h"
#include "mien/video/test_videos.h"

namespace mien::libav {
namespace {

std::optional<std::uint64_t> promised(const std::string& bytes) {
  return promised_size(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

TEST(PromisedSize, OfMatroskaIsTheEndOfTheSegment) {
  // EBML header of 3 bytes, then a Segment of 0x1234 bytes whose size takes 2, 8 bytes, or is unknown.
  const std::string header("\x1A\x45\xDF\xA3\x83xyz", 8), segment = "\x18\x53\x80\x67";
  EXPECT_EQ(promised(header + segment + "\x52\x34"), 8u + 4 + 2 + 0x1234);
  EXPECT_EQ(promised(header + segment + std::string("\x01\0\0\0\0\0\x12\x34", 8)), 8u + 4 + 8 + 0x1234);
  EXPECT_EQ(promised(header + segment + "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), std::nullopt);
  EXPECT_EQ(promised(header + segment + "\xFF"), std::nullopt);
}

TEST(PromisedSize, OfAviIsTheChunk) {
  EXPECT_EQ(promised(std::string("RIFF\x10\x20\0\0AVI LIST", 16)), 8u + 0x2010);
  EXPECT_EQ(promised(std::string("RIFF\0\0\0\0AVI LIST", 16)), std::nullopt);
  EXPECT_EQ(promised(std::string("RIFF\x10\x20\0\0WAVEfmt ", 16)), std::nullopt);
}

TEST(PromisedSize, OfOtherBytesIsUnknown) {
  const std::string whole = std::string("\x1A\x45\xDF\xA3\x83xyz", 8) + "\x18\x53\x80\x67\x52\x34";
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(promised(whole.substr(0, size)), std::nullopt) << size;
  EXPECT_EQ(promised(std::string(100, '\0')), std::nullopt);
  EXPECT_EQ(promised(std::string(100, '\xFF')), std::nullopt);
  EXPECT_EQ(promised(std::string("\x1A\x45\xDF\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 12)), std::nullopt);
}

TEST(PromisedSize, OfAWholeFileIsItsSize) {
  const TemporaryFolder folder;
  test_videos::write_numbered(folder.path() / "a.mkv", test_videos::regular_times(5, 25));
  const auto bytes = read_bytes(folder.path() / "a.mkv");
  EXPECT_EQ(promised_size(bytes.data(), bytes.size()), bytes.size());
}

}  // namespace
}  // namespace mien::libav
