// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Sound that travels with the pictures.
#include <gtest/gtest.h>

extern "C" {
#include <libavutil/channel_layout.h>
}

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/video/media_file.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;
using libav::make_frame;
using libav::make_packet;

constexpr int kRate = 48000, kBlock = 1024;

struct CloseOutput {
  void operator()(AVFormatContext* output) const {
    avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

/// A file with nothing but a tone of 440 Hz.
void write_tone(const fs::path& file, AVCodecID codec, double seconds) {
  libav::silence();
  AVFormatContext* context = nullptr;
  ASSERT_GE(avformat_alloc_output_context2(&context, nullptr, nullptr, file.c_str()), 0);
  const std::unique_ptr<AVFormatContext, CloseOutput> output(context);
  const AVCodec* encoder = avcodec_find_encoder(codec);
  ASSERT_TRUE(encoder);
  const libav::Codec e(avcodec_alloc_context3(encoder));
  e->sample_rate = kRate;
  e->sample_fmt = encoder->sample_fmts[0];
  av_channel_layout_default(&e->ch_layout, 1);
  e->time_base = {1, kRate};
  if (context->oformat->flags & AVFMT_GLOBALHEADER) e->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  ASSERT_GE(avcodec_open2(e.get(), encoder, nullptr), 0);
  AVStream* stream = avformat_new_stream(context, nullptr);
  avcodec_parameters_from_context(stream->codecpar, e.get());
  stream->time_base = e->time_base;
  ASSERT_GE(avio_open(&context->pb, file.c_str(), AVIO_FLAG_WRITE), 0);
  ASSERT_GE(avformat_write_header(context, nullptr), 0);
  const auto drain = [&] {
    const libav::Packet packet = make_packet();
    while (avcodec_receive_packet(e.get(), packet.get()) >= 0) {
      av_packet_rescale_ts(packet.get(), e->time_base, stream->time_base);
      av_interleaved_write_frame(context, packet.get());
    }
  };
  for (int at = 0; at < seconds * kRate; at += kBlock) {
    const libav::Frame frame = make_frame();
    frame->nb_samples = kBlock, frame->format = e->sample_fmt, frame->sample_rate = kRate;
    av_channel_layout_copy(&frame->ch_layout, &e->ch_layout);
    ASSERT_GE(av_frame_get_buffer(frame.get(), 0), 0);
    frame->pts = at;
    for (int i = 0; i < kBlock; ++i) {
      const double tone = 0.5 * std::sin(2 * CV_PI * 440 * (at + i) / kRate);
      if (e->sample_fmt == AV_SAMPLE_FMT_FLTP)
        reinterpret_cast<float*>(frame->data[0])[i] = static_cast<float>(tone);
      else
        reinterpret_cast<std::int16_t*>(frame->data[0])[i] = static_cast<std::int16_t>(32767 * tone);
    }
    ASSERT_GE(avcodec_send_frame(e.get(), frame.get()), 0);
    drain();
  }
  avcodec_send_frame(e.get(), nullptr);
  drain();
  ASSERT_GE(av_write_trailer(context), 0);
}

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
