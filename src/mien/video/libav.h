// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

// Handles of FFmpeg's structures that free themselves, and its error texts. Internal to this module.
namespace mien::libav {

struct Deleter {
  void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Input = std::unique_ptr<AVFormatContext, Deleter>;
using Codec = std::unique_ptr<AVCodecContext, Deleter>;
using Frame = std::unique_ptr<AVFrame, Deleter>;
using Packet = std::unique_ptr<AVPacket, Deleter>;
using Scaler = std::unique_ptr<SwsContext, Deleter>;

/// Throw std::bad_alloc.
Frame make_frame();
Packet make_packet();

/// From now on FFmpeg prints nothing; the last complaint of each thread is kept for error messages. Called by everything that
/// opens.
void silence();
/// Forgets this thread's last complaint.
void forget_complaint();
/// FFmpeg's text for `code`, with this thread's last complaint ("Invalid data found when processing input (moov atom not
/// found)").
std::string reason(int code);

inline double seconds(std::int64_t ticks, AVRational base) { return static_cast<double>(ticks) * base.num / base.den; }

/// SWS_CS_* of pictures that do not say how their colours were computed: BT.601 up to 576 lines, BT.709 above, as players assume.
int default_matrix(int width, int height);

}  // namespace mien::libav
