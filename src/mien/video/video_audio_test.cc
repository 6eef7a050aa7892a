// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Sound that travels with the pictures.
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/video/media_file.h"
#include "mien/video/test_tone.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;
using libav::make_packet;

struct SoundPacket {
  double time_s;  ///< on the video's clock
  std::vector<std::uint8_t> data;
};

std::vector<SoundPacket> sound_of(const fs::path& file) {
  const libav::Input input = libav::open_container(file);
  avformat_find_stream_info(input.get(), nullptr);
  const int sound = av_find_best_stream(input.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  const int video = av_find_best_stream(input.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  std::vector<SoundPacket> packets;
  if (sound < 0) return packets;
  const double zero = video < 0 ? 0 : libav::seconds(input->streams[video]->start_time, input->streams[video]->time_base);
  for (libav::Packet p = make_packet(); av_read_frame(input.get(), p.get()) >= 0; av_packet_unref(p.get()))
    if (p->stream_index == sound)
      packets.push_back({libav::seconds(p->pts, input->streams[sound]->time_base) - zero, {p->data, p->data + p->size}});
  return packets;
}

class VideoSound : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  TemporaryFolder folder_;
};

TEST_F(VideoSound, IsCopiedUnchangedAndInTime) {
  write_tone(path("tone.m4a"), AV_CODEC_ID_AAC, 3);
  const auto tone = sound_of(path("tone.m4a"));
  ASSERT_GT(tone.size(), 130u);
  for (const char* name : {"a.mp4", "a.mkv"}) {
    write_numbered(path(name), regular_times(50, 25), {96, 64}, {.audio_from = path("tone.m4a")});
    EXPECT_TRUE(open_video(path(name))->info().has_audio);
    EXPECT_EQ(read_all(path(name)).size(), 50u);
    const auto copy = sound_of(path(name));
    // Two of the three seconds: 93.75 packets, and the encoder's priming packet.
    ASSERT_GE(copy.size(), 93u) << name;
    ASSERT_LE(copy.size(), 96u) << name;
    for (std::size_t i = 0; i < copy.size(); ++i) {
      EXPECT_EQ(copy[i].data, tone[i].data) << name << " packet " << i;
      EXPECT_NEAR(copy[i].time_s, tone[i].time_s, 0.0015) << name << " packet " << i;
    }
  }
}

TEST_F(VideoSound, StaysWithThePicturesOfACut) {
  write_tone(path("tone.m4a"), AV_CODEC_ID_AAC, 4);
  write_numbered(path("whole.mp4"), regular_times(100, 25), {96, 64}, {.audio_from = path("tone.m4a")});
  VideoWriterOptions options = {.width = 96, .height = 64, .audio_from = path("whole.mp4")};
  const auto writer = create_video(path("cut.mp4"), options);
  const auto reader = open_video(path("whole.mp4"), {.from_s = 2, .to_s = 3});
  while (const auto frame = reader->next()) writer->write(frame->image, frame->time_s);
  writer->finish();
  EXPECT_EQ(read_all(path("cut.mp4")).size(), 25u);
  const auto whole = sound_of(path("whole.mp4")), cut = sound_of(path("cut.mp4"));
  ASSERT_GT(cut.size(), 45u);
  ASSERT_LT(cut.size(), 55u);
  for (const auto& packet : cut) {
    const auto same = std::find_if(whole.begin(), whole.end(), [&](const SoundPacket& p) { return p.data == packet.data; });
    ASSERT_NE(same, whole.end());
    EXPECT_NEAR(same->time_s - 2, packet.time_s, 0.001);
  }
}

TEST_F(VideoSound, OfAFileWithoutAnyIsNone) {
  write_numbered(path("silent.mp4"), regular_times(5, 25));
  write_numbered(path("a.mp4"), regular_times(5, 25), {96, 64}, {.audio_from = path("silent.mp4")});
  EXPECT_FALSE(open_video(path("a.mp4"))->info().has_audio);
}

TEST_F(VideoSound, ThatDoesNotFitIsRefusedBeforeAnythingIsWritten) {
  write_tone(path("tone.wav"), AV_CODEC_ID_PCM_S16LE, 1);
  const auto write_with = [&](const std::string& name, const std::string& sound) {
    write_numbered(path(name), regular_times(5, 25), {96, 64}, {.audio_from = path(sound)});
  };
  EXPECT_THROW(write_with("a.mp4", "missing.mp4"), Error);
  EXPECT_THROW(write_with("a.mp4", "tone.wav"), Error);
  EXPECT_FALSE(fs::exists(path("a.mp4")));
}

TEST_F(VideoSound, AloneIsNoVideo) {
  write_tone(path("tone.m4a"), AV_CODEC_ID_AAC, 1);
  try {
    open_video(path("tone.m4a"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    EXPECT_NE(std::string(error.what()).find("no video stream"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace mien
