// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Files that are cut off, overwritten, empty or something else: an error or counted damage, never a crash or an endless loop.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;
using Bytes = std::vector<std::uint8_t>;

/// What became of reading a file.
struct Outcome {
  std::vector<VideoFrame> frames;
  std::int64_t damaged = 0;
  std::optional<ErrorCode> error;
  std::string message;
};

class DamagedVideo : public ::testing::Test {
 protected:
  Bytes video(const std::string& extension, int count = 50) {
    const fs::path file = folder_.path() / ("whole" + extension);
    write_numbered(file, regular_times(count, 25), {96, 64}, {.frames_per_second = 10});  // a key frame every twenty frames
    return read_bytes(file);
  }

  Outcome read(const Bytes& bytes, const std::string& extension = ".mp4", const VideoOptions& options = {}) {
    const fs::path file = folder_.path() / ("damaged" + extension);
    write_atomically(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    Outcome outcome;
    try {
      const auto reader = open_video(file, options);
      try {
        while (auto frame = reader->next()) outcome.frames.push_back(std::move(*frame));
      } catch (...) {
        EXPECT_FALSE(reader->next()) << "after an error nothing more comes";
        outcome.damaged = reader->damaged();
        throw;
      }
      outcome.damaged = reader->damaged();
    } catch (const Error& error) {
      outcome.error = error.code();
      outcome.message = error.what();
      EXPECT_EQ(error.code(), ErrorCode::bad_file) << error.what();
      EXPECT_NE(outcome.message.find("damaged" + extension), std::string::npos) << outcome.message;
    }
    for (std::size_t i = 1; i < outcome.frames.size(); ++i) {
      EXPECT_GT(outcome.frames[i].number, outcome.frames[i - 1].number);
      EXPECT_GT(outcome.frames[i].time_s, outcome.frames[i - 1].time_s);
    }
    return outcome;
  }

  TemporaryFolder folder_;
};

/// Where the coded pictures lie in an MP4.
std::pair<std::size_t, std::size_t> picture_data(const Bytes& mp4) {
  const std::string tag = "mdat";
  const auto at = std::search(mp4.begin(), mp4.end(), tag.begin(), tag.end());
  return {static_cast<std::size_t>(at - mp4.begin()) + 4, mp4.size()};
}

TEST_F(DamagedVideo, CutOffAtManyPlaces) {
  for (const char* extension : {".mp4", ".mkv"}) {
    const Bytes whole = video(extension);
    ASSERT_EQ(read(whole, extension).frames.size(), 50u);
    std::size_t errors = 0, most = 0;
    for (std::size_t size = 1; size < whole.size(); size += std::max<std::size_t>(1, whole.size() / 60)) {
      const Outcome outcome = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), extension);
      errors += outcome.error.has_value();
      most = std::max(most, outcome.frames.size());
      if (outcome.frames.size() < 4)
        continue;  // Matroska has no decoding times, and FFmpeg cannot learn the order from so little
      for (const auto& frame : outcome.frames)
        EXPECT_EQ(shown_number(frame.image), frame.number) << extension << " cut at " << size;
    }
    EXPECT_GE(most, 40u) << extension;    // what is there is read
    EXPECT_GE(errors, 58u) << extension;  // all but cuts in a trailing index
  }
}

TEST_F(DamagedVideo, CutOffInTheMiddleReadsWhatIsThereAndThenSaysSo) {
  const Bytes whole = video(".mp4");
  const auto [begin, end] = picture_data(whole);
  const Outcome outcome = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(begin + 2 * (end - begin) / 3)));
  EXPECT_GT(outcome.frames.size(), 15u);
  EXPECT_LT(outcome.frames.size(), 50u);
  ASSERT_TRUE(outcome.error);
  EXPECT_NE(outcome.message.find("ends after"), std::string::npos) << outcome.message;
}

TEST_F(DamagedVideo, OverwrittenInTheMiddleGoesOnBehindIt) {
  const Bytes whole = video(".mp4");
  const auto [begin, end] = picture_data(whole);
  Bytes damaged = whole;
  std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(begin + (end - begin) * 45 / 100),
            damaged.begin() + static_cast<std::ptrdiff_t>(begin + (end - begin) * 50 / 100), std::uint8_t{0xA5});
  const Outcome outcome = read(damaged);
  EXPECT_FALSE(outcome.error) << outcome.message;
  EXPECT_GT(outcome.damaged, 0);
  ASSERT_GT(outcome.frames.size(), 30u);
  EXPECT_EQ(outcome.frames.size() + static_cast<std::size_t>(outcome.damaged), 50u);
  // The numbers and times of the frames behind the damage are those of the whole file.
  const VideoFrame& last = outcome.frames.back();
  EXPECT_EQ(last.number, 49);
  EXPECT_EQ(shown_number(last.image), 49);
  EXPECT_NEAR(last.time_s, 49 / 25.0, 1e-4);
}

TEST_F(DamagedVideo, WithFlippedBytesAnywhere) {
  Random random(7);
  for (const char* extension : {".mp4", ".mkv"}) {
    const Bytes whole = video(extension, 30);
    for (int round = 0; round < 60; ++round) {
      Bytes damaged = whole;
      const auto flips = 1 + random.integer(20);
      // Half of the rounds hit the headers.
      const auto reach = static_cast<std::int64_t>(round % 2 == 0 ? whole.size() : std::min<std::size_t>(whole.size(), 2000));
      for (std::int64_t i = 0; i < flips; ++i)
        damaged[static_cast<std::size_t>(random.integer(reach))] ^= static_cast<std::uint8_t>(1 + random.integer(255));
      const VideoOptions options = {.from_s = round % 3 == 0 ? 0.5 : 0, .every = 1 + round % 4, .threads = 1 + round % 2};
      const Outcome outcome = read(damaged, extension, options);
      EXPECT_LE(outcome.frames.size(), 200u);
    }
  }
}

TEST_F(DamagedVideo, ThatIsNoVideoIsNamed) {
  const auto message = [&](const std::string& content, const std::string& extension = ".mp4") {
    const Outcome outcome = read(Bytes(content.begin(), content.end()), extension);
    EXPECT_TRUE(outcome.error) << content.substr(0, 20);
    return outcome.message;
  };
  EXPECT_NE(message("").find("is empty"), std::string::npos);
  EXPECT_NE(message("hello\n").find("not a video"), std::string::npos);
  EXPECT_NE(message(std::string(5000, '\0')).find("not a video"), std::string::npos);
  EXPECT_NE(
      message("1\n00:00:01,000 --> 00:00:02,000\nSubtitle\n\n2\n00:00:03,000 --> 00:00:04,000\nSubtitle\n").find("not a video"),
      std::string::npos);
  // Play lists may lead anywhere.
  EXPECT_NE(message("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n").find("not a video"),
            std::string::npos);
  EXPECT_NE(message("ffconcat version 1.0\nfile /etc/passwd\n").find("not a video"), std::string::npos);
  // The beginnings of a PNG, a JPEG and a WAV file.
  EXPECT_NE(message(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", 29) + std::string(300, 'x'))
                .find("picture"),
            std::string::npos);
  EXPECT_NE(message(std::string("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43\0", 25) + std::string(300, 'x'))
                .find("picture"),
            std::string::npos);
  std::string wav = std::string("RIFF\x24\x40\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\x40\0\0", 44);
  EXPECT_NE(message(wav + std::string(0x4000, '\0')).find("sound only"), std::string::npos);
}

TEST_F(DamagedVideo, WithoutADecoderIsNamed) {
  Bytes bytes = video(".mp4");
  const std::string tag = "avc1";
  for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), tag.begin(), tag.end())) != bytes.end(); ++at)
    std::copy_n("zzzz", 4, at);
  const Outcome outcome = read(bytes);
  ASSERT_TRUE(outcome.error);
  EXPECT_NE(outcome.message.find("decoder"), std::string::npos) << outcome.message;
}

TEST_F(DamagedVideo, WithoutFramesIsNamed) {
  const std::string y4m = "YUV4MPEG2 W16 H8 F30:1 Ip A1:1 C420mpeg2\n";
  const Outcome outcome = read(Bytes(y4m.begin(), y4m.end()), ".y4m");
  ASSERT_TRUE(outcome.error);
  EXPECT_NE(outcome.message.find("no video frames"), std::string::npos) << outcome.message;
}

TEST_F(DamagedVideo, ThatIsMissingOrAFolderIsNamed) {
  for (const fs::path& file : {folder_.path() / "missing.mp4", folder_.path(), fs::path("/dev/zero")}) {
    try {
      open_video(file);
      ADD_FAILURE() << file;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found);
      EXPECT_NE(std::string(error.what()).find(file.string()), std::string::npos);
    }
  }
}

TEST_F(DamagedVideo, IsReadUnderNamesThatLookLikeAddresses) {
  const Bytes whole = video(".mp4", 5);
  const fs::path folder = folder_.path() / "http:";
  fs::create_directory(folder);
  for (const char* name : {"concat:a|b.mp4", "100%.mp4", "a b\u00e4.mp4", "x:y.jpg"}) {
    write_atomically(folder / name, std::string_view(reinterpret_cast<const char*>(whole.data()), whole.size()));
    EXPECT_EQ(read_all(folder / name).size(), 5u) << name;
  }
}

}  // namespace
}  // namespace mien
