// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/audio_copy.h"

#include <cmath>

#include "mien/base/error.h"
#include "mien/video/media_file.h"

namespace mien::libav {

namespace {

/// Decoders of sound need the packets right before the first one that is heard; containers hide what lies before time 0.
constexpr double kRunUp_s = 0.1;

/// The start of the video; of the file when it has none.
double zero_of(AVFormatContext& input) {
  const int video = av_find_best_stream(&input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (video >= 0 && input.streams[video]->start_time != AV_NOPTS_VALUE &&
      !(input.streams[video]->disposition & AV_DISPOSITION_ATTACHED_PIC))
    return seconds(input.streams[video]->start_time, input.streams[video]->time_base);
  return input.start_time != AV_NOPTS_VALUE ? seconds(input.start_time, AVRational{1, AV_TIME_BASE}) : 0;
}

int add_stream(AVFormatContext& output, const AVStream& from, const std::string& name) {
  const AVCodecID codec = from.codecpar->codec_id;
  if (avformat_query_codec(output.oformat, codec, FF_COMPLIANCE_NORMAL) == 0)
    throw Error(ErrorCode::usage,
                name + ": its sound (" + avcodec_get_name(codec) + ") does not fit into a file of this kind unchanged",
                "Write a .mkv file instead.");
  AVStream* to = avformat_new_stream(&output, nullptr);
  if (!to || avcodec_parameters_copy(to->codecpar, from.codecpar) < 0) throw std::bad_alloc();
  to->codecpar->codec_tag = 0;
  to->time_base = from.time_base;
  to->disposition = from.disposition;
  av_dict_copy(&to->metadata, from.metadata, 0);
  return to->index;
}

}  // namespace

AudioCopy::AudioCopy(const std::filesystem::path& file, AVFormatContext& output)
    : name_(file.string()), input_(open_container(file)), output_(output) {
  const int status = avformat_find_stream_info(input_.get(), nullptr);
  if (status < 0) throw Error(ErrorCode::bad_file, name_ + ": its sound cannot be read: " + reason(status));
  track_of_.assign(input_->nb_streams, -1);
  zero_s_ = zero_of(*input_);
  ended_ = true;
  for (unsigned i = 0; i < input_->nb_streams; ++i) {
    AVStream& stream = *input_->streams[i];
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO && stream.codecpar->codec_id != AV_CODEC_ID_NONE) {
      track_of_[i] = add_stream(output, stream, name_);
      ended_ = false;
    } else {
      stream.discard = AVDISCARD_ALL;
    }
  }
}

/// Sound that cannot be read ends the track and no more: the pictures are what matters.
bool AudioCopy::next_packet() {
  while (!waiting_ && !ended_) {
    av_packet_unref(packet_.get());
    if (av_read_frame(input_.get(), packet_.get()) < 0)
      ended_ = true;
    else
      // A container may show further streams in the middle.
      waiting_ = static_cast<std::size_t>(packet_->stream_index) < track_of_.size() &&
                 track_of_[static_cast<std::size_t>(packet_->stream_index)] >= 0 && packet_->pts != AV_NOPTS_VALUE;
  }
  return waiting_;
}

int AudioCopy::copy(double from_s, double until_s) {
  while (next_packet()) {
    const AVStream& from = *input_->streams[packet_->stream_index];
    const AVStream& to = *output_.streams[track_of_[static_cast<std::size_t>(packet_->stream_index)]];
    const double time_s = seconds(packet_->pts, from.time_base) - zero_s_;
    if (time_s >= until_s) return 0;
    waiting_ = false;
    if (time_s < from_s - kRunUp_s) continue;
    const std::int64_t moved = av_rescale_q(std::llround((zero_s_ + from_s) * 1e6), AVRational{1, 1000000}, from.time_base);
    packet_->pts -= moved;
    if (packet_->dts != AV_NOPTS_VALUE) packet_->dts -= moved;
    av_packet_rescale_ts(packet_.get(), from.time_base, to.time_base);
    packet_->stream_index = to.index;
    packet_->pos = -1;
    const int status = av_interleaved_write_frame(&output_, packet_.get());
    if (status < 0) return status;
  }
  return 0;
}

}  // namespace mien::libav
