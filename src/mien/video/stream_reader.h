// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>

#include "mien/video/media_file.h"
#include "mien/video/packet_order.h"
#include "mien/video/rgb_conversion.h"
#include "mien/video/stream_clock.h"
#include "mien/video/video_reader.h"

namespace mien::libav {

/// Decodes one video stream: what files and cameras share.
///
/// Where every packet holds one frame and says when to show it (H.264, HEVC, VP9, AV1 and others in MP4, Matroska, ...), frames
/// are numbered by their packets. Then a frame that is lost to damage leaves a gap in the numbers, numbers are known before
/// decoding, so that frames nobody wants or refers to need not be decoded, and reading can begin in the middle. Otherwise the
/// decoded frames are counted.
class StreamReader : public VideoReader {
 public:
  /// `reopen` opens the same stream again from its start; empty = this is a device, nothing can be skipped. Decodes as far as the
  /// first frame. Throws as open_video().
  StreamReader(MediaFile media, const VideoOptions& options, std::function<MediaFile()> reopen = {});

  const VideoInfo& info() const override { return info_; }
  std::optional<VideoFrame> next() override;
  std::int64_t damaged() const override { return damaged_; }

 private:
  /// A packet that went to the decoder and whose frame has not come out yet.
  struct Expected {
    std::int64_t pts, number;  ///< number -1: not to be shown
    bool may_be_missing;       ///< the decoder was told that nobody wants it
    bool broken;               ///< a part of the packet is missing: others may refer to its frame, but it is not shown
  };

  struct KeyFrame {
    std::int64_t number, pts, dts;
    std::int64_t packets;  ///< up to and with its own
  };

  void describe();
  void restart();
  void seek();
  std::optional<KeyFrame> key_frame_before(std::int64_t pts);
  bool skip_to(const KeyFrame& key);

  bool wanted(std::int64_t number, double time_s) const;
  bool read_packet();
  bool cut_short() const;
  bool send_packet();
  void feed(PacketOrder::Numbered next);
  bool decode();
  bool place_frame();
  void forget_expected(std::int64_t before_number, std::int64_t before_pts);
  void check_complete();

  VideoOptions options_;
  std::function<MediaFile()> reopen_;
  MediaFile media_;
  VideoInfo info_;
  Orientation orientation_;
  bool by_packets_ = false, intra_only_ = false, can_skip_ = false;

  PacketOrder order_;
  StreamClock clock_;
  RgbConversion to_rgb_;
  Frame frame_ = make_frame();
  std::deque<Expected> expected_;
  std::int64_t sought_number_ = 0;                       ///< of the frame that reading began with
  std::int64_t number_ = -1;                             ///< of the last decoded frame
  double time_s_ = 0;                                    ///< of the last decoded frame
  std::int64_t packets_ = 0, frames_ = 0, damaged_ = 0;  ///< frames: usable ones
  int read_error_ = 0;                                   ///< why reading ended; 0 = the regular end
  bool input_ended_ = false, draining_ = false, decoded_ahead_ = false, done_ = false;
};

}  // namespace mien::libav
