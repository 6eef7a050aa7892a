// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/event_file.h"

#include <gtest/gtest.h>

#include <cstring>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/report/crc32c.h"
#include "mien/report/training_report.h"

namespace mien {
namespace {

/// CRC-32C bit by bit, from its definition.
std::uint32_t slow_crc32c(const std::string& bytes) {
  std::uint32_t crc = ~0u;
  for (const unsigned char byte : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool differs = (crc ^ byte >> bit) & 1;
      crc = crc >> 1 ^ (differs ? 0x82F63B78u : 0);
    }
  return ~crc;
}

std::uint32_t unmasked(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xA282EAD8u;
  return rotated << 15 | rotated >> 17;
}

std::string content(const fs::path& file) { return read_text(file); }

/// Splits a TFRecord file, checking both checksums of each record.
std::vector<std::string> records(const std::string& file) {
  std::vector<std::string> result;
  std::size_t at = 0;
  while (at < file.size()) {
    std::uint64_t size = 0;
    std::uint32_t head = 0, body = 0;
    std::memcpy(&size, file.data() + at, 8);
    std::memcpy(&head, file.data() + at + 8, 4);
    const std::string data = file.substr(at + 12, size);
    std::memcpy(&body, file.data() + at + 12 + size, 4);
    EXPECT_EQ(unmasked(head), slow_crc32c(file.substr(at, 8)));
    EXPECT_EQ(unmasked(body), slow_crc32c(data));
    result.push_back(data);
    at += 16 + size;
  }
  EXPECT_EQ(at, file.size());
  return result;
}

fs::path only_event_file(const fs::path& folder) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    EXPECT_TRUE(found.empty());
    found = entry.path();
  }
  EXPECT_EQ(found.filename().string().rfind("events.out.tfevents.", 0), 0u);
  return found;
}

TEST(Crc32c, KnownVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(unmasked(masked_crc32c("123456789")), 0xE3069283u);
}

TEST(EventFile, BytesOfAnEvent) {
  // wall_time = 1.0, step = 300, summary { value { tag: "a" simple_value: 0.5 } }, encoded by hand.
  const std::string expected(
      "\x09\x00\x00\x00\x00\x00\x00\xF0\x3F"
      "\x10\xAC\x02"
      "\x2A\x0A\x0A\x08\x0A\x01"
      "a"
      "\x15\x00\x00\x00\x3F",
      24);
  EXPECT_EQ(encode_event({1.0, 300, "", "a", 0.5f}), expected);
}

TEST(TensorBoard, WritesVersionThenScalars) {
  TemporaryFolder folder;
  {
    TensorBoardWriter writer(folder.path());
    writer.scalar("train/loss", 1.25, 0);
    writer.scalar("train/loss", 0.75, 1);
    writer.scalar("valid/accuracy", 0.5, 1);
  }
  const auto data = records(content(only_event_file(folder.path())));
  ASSERT_EQ(data.size(), 4u);
  EXPECT_EQ(data[0].substr(9), std::string("\x1A\x0D") + "brain.Event:2");
  EXPECT_NE(data[2].find("train/loss"), std::string::npos);
  const auto events = read_event_file(only_event_file(folder.path())).events;
  EXPECT_EQ(events[2].step, 1);
  EXPECT_EQ(events[2].value, 0.75f);
  EXPECT_EQ(events[3].tag, "valid/accuracy");
  EXPECT_GT(events[1].wall_time_s, 1.7e9);
}

TEST(TensorBoard, ResumeRepeatsNothingAndRepairsACutRecord) {
  TemporaryFolder folder;
  {
    TensorBoardWriter writer(folder.path());
    for (int step = 1; step <= 5; ++step) writer.scalar("loss", step, step);
  }
  const fs::path file = only_event_file(folder.path());
  fs::resize_file(file, fs::file_size(file) - 3);  // a crash in the middle of step 5
  {
    TensorBoardWriter writer(folder.path());
    for (int step = 3; step <= 6; ++step) writer.scalar("loss", 10 * step, step);
    writer.scalar("other", 7, 2);
  }
  const auto data = records(content(only_event_file(folder.path())));
  const auto events = read_event_file(file).events;
  ASSERT_EQ(data.size(), events.size());
  std::vector<float> values;
  for (const auto& event : events)
    if (event.tag == "loss") values.push_back(event.value);
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4, 50, 60}));
  EXPECT_EQ(events.back().tag, "other");
}

TEST(EventFile, StopsAtDamage) {
  TemporaryFolder folder;
  const std::string first = frame_record(encode_event({1, 1, "", "a", 1})),
                    second = frame_record(encode_event({2, 2, "", "a", 2}));
  std::string bytes = first + second;
  bytes[first.size() + 14] ^= 1;
  write_atomically(folder.path() / "f", bytes);
  const auto read = read_event_file(folder.path() / "f");
  EXPECT_EQ(read.events.size(), 1u);
  EXPECT_EQ(read.valid_bytes, first.size());
  std::string huge = first;
  huge[7] = '\x7F';  // a length near 2^63
  write_atomically(folder.path() / "g", huge);
  EXPECT_EQ(read_event_file(folder.path() / "g").valid_bytes, 0u);
}

}  // namespace
}  // namespace mien
