// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/stream_reader.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>
#include <string_view>

#include "mien/base/error.h"

namespace mien::libav {

namespace {

/// Times are sums of fractions: a frame at 2.0 s must count as not before 2.0 s.
constexpr double kTimeTolerance_s = 1e-6;
/// A reader that keeps failing without coming to an end is stopped.
constexpr int kMostErrorsInARow = 100;

/// Whether each packet is one frame and carries its presentation time, so that frames can be numbered without decoding.
bool numbered_by_packets(const MediaFile& media) {
  if (media.start() == AV_NOPTS_VALUE) return false;
  const std::string_view container = media.input->iformat->name;
  if (container != "mov,mp4,m4a,3gp,3g2,mj2" && container != "matroska,webm" && container != "mpegts" && container != "flv" &&
      container != "nut" && container != "asf")
    return false;
  const AVCodecParameters& stream = *media.video->codecpar;
  const bool progressive = stream.field_order == AV_FIELD_PROGRESSIVE || stream.field_order == AV_FIELD_UNKNOWN;
  switch (stream.codec_id) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC: return progressive;  // fields may come in packets of their own
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1: return true;
    case AV_CODEC_ID_MPEG4: return container == "mov,mp4,m4a,3gp,3g2,mj2" || container == "matroska,webm";
    case AV_CODEC_ID_MJPEG:
    case AV_CODEC_ID_PRORES:
    case AV_CODEC_ID_DNXHD:
    case AV_CODEC_ID_FFV1:
    case AV_CODEC_ID_PNG:
    case AV_CODEC_ID_RAWVIDEO: return true;
    default: return false;
  }
}

/// Whether pictures that say that nothing refers to them may be left out. HEVC's say so for their own temporal layer only, so
/// there must be just one; hvcC (ISO/IEC 14496-15, 8.3.3.1) tells.
bool can_skip_unreferenced(const AVCodecParameters& stream) {
  if (stream.codec_id == AV_CODEC_ID_H264 || stream.codec_id == AV_CODEC_ID_MPEG4) return true;
  return stream.codec_id == AV_CODEC_ID_HEVC && stream.extradata_size > 22 && stream.extradata[0] == 1 &&
         (stream.extradata[21] >> 3 & 7) == 1;
}

double frame_rate(const MediaFile& media) {
  const AVRational rate = media.video->avg_frame_rate.num > 0 ? media.video->avg_frame_rate : media.video->r_frame_rate;
  return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
}

StreamClock clock_of(const MediaFile& media, bool device) {
  const double rate = frame_rate(media) > 0 ? frame_rate(media) : 25;
  const auto ticks = std::llround(1 / (rate * av_q2d(media.video->time_base)));
  return StreamClock(media.video->time_base, device ? AV_NOPTS_VALUE : media.start(), std::max<std::int64_t>(1, ticks));
}

/// Part of the picture was lost or made up.
bool is_damaged(const AVFrame& frame) { return frame.decode_error_flags != 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0; }

}  // namespace

StreamReader::StreamReader(MediaFile media, const VideoOptions& options, std::function<MediaFile()> reopen)
    : options_(options), reopen_(std::move(reopen)), media_(std::move(media)) {
  options_.every = std::max<std::int64_t>(1, options_.every);
  restart();
  if (options_.from_s > 0 && by_packets_) seek();
  decoded_ahead_ = decode();
  if (sought_number_ > 0 && (!decoded_ahead_ || number_ != sought_number_)) {
    // The frame at the seek point could not stand alone: only reading from the start gives the right pictures.
    media_ = reopen_();
    restart();
    decoded_ahead_ = decode();
  }
  describe();
}

/// Begins at the stream's start.
void StreamReader::restart() {
  by_packets_ = reopen_ && numbered_by_packets(media_);
  const AVCodecDescriptor* codec = avcodec_descriptor_get(media_.video->codecpar->codec_id);
  can_skip_ = can_skip_unreferenced(*media_.video->codecpar);
  intra_only_ = codec && (codec->props & AV_CODEC_PROP_INTRA_ONLY);
  order_ = PacketOrder();
  clock_ = clock_of(media_, !reopen_);
  expected_.clear();
  sought_number_ = 0;
  number_ = -1;
  packets_ = frames_ = damaged_ = 0;
  read_error_ = 0;
  input_ended_ = draining_ = decoded_ahead_ = false;
}

void StreamReader::describe() {
  const AVCodecParameters& stream = *media_.video->codecpar;
  const bool have_frame = decoded_ahead_;
  const int width = have_frame ? frame_->width : stream.width, height = have_frame ? frame_->height : stream.height;
  const auto* matrix =
      reinterpret_cast<const std::int32_t*>(av_stream_get_side_data(media_.video, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (!matrix && have_frame)
    if (const AVFrameSideData* side = av_frame_get_side_data(frame_.get(), AV_FRAME_DATA_DISPLAYMATRIX))
      matrix = reinterpret_cast<const std::int32_t*>(side->data);
  orientation_ = orientation_of(matrix);
  const AVRational aspect = av_guess_sample_aspect_ratio(media_.input.get(), media_.video, have_frame ? frame_.get() : nullptr);
  const cv::Size displayed = displayed_size(width, height, aspect, orientation_);
  info_.width = displayed.width, info_.height = displayed.height;
  info_.frames_per_second = frame_rate(media_);
  if (reopen_) {
    const AVFormatContext& input = *media_.input;
    if (media_.video->duration > 0)
      info_.duration_s = media_.seconds(media_.video->duration);
    else if (input.duration > 0)
      info_.duration_s = libav::seconds(input.duration, AVRational{1, AV_TIME_BASE});
    if (media_.video->nb_frames > 0)
      info_.frames = media_.video->nb_frames;
    else if (info_.duration_s > 0 && info_.frames_per_second > 0)
      info_.frames = std::llround(info_.duration_s * info_.frames_per_second);
  }
  info_.codec = avcodec_get_name(stream.codec_id);
  const char* format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(have_frame ? frame_->format : stream.format));
  info_.pixel_format = format ? format : "";
  for (unsigned i = 0; i < media_.input->nb_streams; ++i)
    info_.has_audio |= media_.input->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

/// The last key frame shown not after `pts`, its number counted over all packets before it, found without decoding.
std::optional<StreamReader::KeyFrame> StreamReader::key_frame_before(std::int64_t pts) {
  const MediaFile scan = reopen_();
  PacketOrder order;
  std::optional<KeyFrame> found;
  std::int64_t packets = 0;
  for (bool ended = false; !ended;) {
    Packet packet = make_packet();
    ended = av_read_frame(scan.input.get(), packet.get()) < 0;
    if (ended)
      order.end();
    else if (packet->stream_index == scan.video->index)
      order.push(std::move(packet));
    while (auto next = order.pop()) {
      const AVPacket& p = *next->packet;
      ++packets;
      if (order.broken()) return std::nullopt;
      if (p.dts != AV_NOPTS_VALUE && p.dts > pts) return found;  // nothing further is shown before it is decoded
      if ((p.flags & AV_PKT_FLAG_KEY) && next->number >= 0 && p.pts != AV_NOPTS_VALUE && p.pts <= pts)
        found = KeyFrame{next->number, p.pts, p.dts, packets};
    }
  }
  return found;
}

/// Makes the key frame's packet the next one.
bool StreamReader::skip_to(const KeyFrame& key) {
  const std::int64_t at = key.dts != AV_NOPTS_VALUE ? key.dts : key.pts;
  if (av_seek_frame(media_.input.get(), media_.video->index, at, AVSEEK_FLAG_BACKWARD) < 0) return false;
  for (Packet packet = make_packet(); av_read_frame(media_.input.get(), packet.get()) >= 0; av_packet_unref(packet.get())) {
    if (packet->stream_index != media_.video->index || packet->pts != key.pts) continue;
    order_ = PacketOrder(key.number, key.pts);
    order_.push(std::move(packet));
    return true;
  }
  return false;
}

void StreamReader::seek() {
  const auto key = key_frame_before(clock_.stamp(options_.from_s));
  if (!key || key->number == 0) return;
  if (skip_to(*key)) {
    sought_number_ = key->number;
    number_ = key->number - 1;
    packets_ = key->packets;
  } else {
    media_ = reopen_();
    restart();
  }
}

bool StreamReader::wanted(std::int64_t number, double time_s) const {
  return number % options_.every == 0 && time_s >= options_.from_s - kTimeTolerance_s;
}

/// False at the end of the input.
bool StreamReader::read_packet() {
  for (int errors = 0; errors < kMostErrorsInARow; ++errors) {
    Packet packet = make_packet();
    const int status = av_read_frame(media_.input.get(), packet.get());
    if (status >= 0) {
      if (packet->stream_index != media_.video->index) {
        errors = -1;
        continue;
      }
      ++packets_;
      read_error_ = 0;
      order_.push(std::move(packet));
      return true;
    }
    read_error_ = status == AVERROR_EOF ? 0 : status;
    if (status == AVERROR_EOF || (!reopen_ && status != AVERROR(EAGAIN))) break;
  }
  return false;
}

/// The input ended before it should have.
bool StreamReader::cut_short() const {
  const bool listed_all = std::string_view(media_.input->iformat->name).starts_with("mov,");
  return read_error_ != 0 || media_.cut_off || (listed_all && packets_ < avformat_index_get_entries_count(media_.video));
}

/// Hands a packet to the decoder; without a wish for its frame only where others may refer to it.
void StreamReader::feed(PacketOrder::Numbered next) {
  const bool broken = (next.packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
  if (broken && !by_packets_) ++damaged_;
  bool skip = false;
  if (by_packets_) {
    const bool time_known = next.packet->pts != AV_NOPTS_VALUE && !order_.broken();
    const bool early = time_known && clock_.at(next.packet->pts) < options_.from_s - kTimeTolerance_s;
    skip = next.number >= 0 && (next.number % options_.every != 0 || early) && next.number != sought_number_;
    if (skip && intra_only_) return;
    expected_.push_back({next.packet->pts, next.number, skip || next.number < 0, broken});
  }
  media_.decoder->skip_frame = skip && can_skip_ ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
  const int status = avcodec_send_packet(media_.decoder.get(), next.packet.get());
  if (status < 0 && !by_packets_) ++damaged_;  // else its number will be missed
}

/// False when the decoder has been told that nothing more comes.
bool StreamReader::send_packet() {
  for (;;) {
    if (auto next = order_.pop()) {
      feed(std::move(*next));
      return true;
    }
    if (input_ended_) break;
    if (!read_packet()) {
      cut_short() ? order_.abandon() : order_.end();
      input_ended_ = true;
    }
  }
  if (draining_) return false;
  draining_ = true;
  avcodec_send_packet(media_.decoder.get(), nullptr);
  return true;
}

/// Frames that should have been shown before this one will not come any more.
void StreamReader::forget_expected(std::int64_t before_number, std::int64_t before_pts) {
  std::erase_if(expected_, [&](const Expected& e) {
    const bool late = e.number >= 0 ? e.number < before_number : e.pts < before_pts;
    if (late && !e.may_be_missing) ++damaged_;
    return late;
  });
}

/// Finds number and time of the decoded frame. False when it is not to be used.
bool StreamReader::place_frame() {
  bool usable = !is_damaged(*frame_);
  std::int64_t number = number_ + 1, pts = frame_->best_effort_timestamp;
  if (by_packets_) {
    if (frame_->pts != AV_NOPTS_VALUE) pts = frame_->pts;
    const auto match = std::find_if(expected_.begin(), expected_.end(), [&](const Expected& e) { return e.pts == frame_->pts; });
    if (match != expected_.end()) {
      if (match->number < 0) {
        expected_.erase(match);
        return false;
      }
      usable &= !match->broken;
      number = std::max(number, match->number);
      expected_.erase(match);
      forget_expected(number, pts);
    }
  }
  number_ = number;
  time_s_ = clock_.advance(pts);
  ++(usable ? frames_ : damaged_);
  return usable;
}

/// Decodes the next usable frame into `frame_`; false at the end.
bool StreamReader::decode() {
  for (;;) {
    const int status = avcodec_receive_frame(media_.decoder.get(), frame_.get());
    if (status >= 0) {
      if (place_frame()) return true;
    } else if (status == AVERROR(EAGAIN)) {
      if (!send_packet()) break;
    } else if (status == AVERROR_EOF) {
      break;
    } else if (!by_packets_) {
      ++damaged_;
    }
  }
  forget_expected(INT64_MAX, INT64_MAX);
  check_complete();
  return false;
}

/// Throws when the end came earlier than the file promised.
void StreamReader::check_complete() {
  if (!reopen_) return;
  const auto fail = [&](const std::string& why) {
    done_ = true;
    throw Error(ErrorCode::bad_file, media_.name + ": " + why, "The file is damaged or incomplete; copy it again if you can.");
  };
  if (packets_ == 0) fail("holds no video frames");
  if (frames_ == 0 && damaged_ > 0 && sought_number_ == 0)
    fail("none of its " + std::to_string(packets_) + " frames could be decoded");
  if (cut_short())
    fail("ends after " + std::to_string(time_s_) + " s of " + std::to_string(info_.duration_s) +
         " s: " + (read_error_ != 0 ? reason(read_error_) : "the rest is missing"));
}

std::optional<VideoFrame> StreamReader::next() {
  while (!done_) {
    if (!decoded_ahead_ && !decode()) {
      done_ = true;
      break;
    }
    decoded_ahead_ = false;
    if (options_.to_s >= 0 && time_s_ >= options_.to_s - kTimeTolerance_s) {
      done_ = true;
      break;
    }
    if (!wanted(number_, time_s_)) continue;
    return VideoFrame{number_, time_s_, to_rgb_(*frame_, cv::Size(info_.width, info_.height), orientation_, media_.name)};
  }
  return std::nullopt;
}

}  // namespace mien::libav
