// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/test_tone.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/channel_layout.h>
}

#include <cmath>
#include <opencv2/core.hpp>

#include "mien/video/media_file.h"

namespace mien::test_videos {

namespace {

using libav::make_frame;
using libav::make_packet;

constexpr int kRate = 48000, kBlock = 1024;

struct CloseOutput {
  void operator()(AVFormatContext* output) const {
    avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

}  // namespace

void write_tone(const std::filesystem::path& file, AVCodecID codec, double seconds) {
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

}  // namespace mien::test_videos
