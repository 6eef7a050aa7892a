// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/video/libav.h"

namespace mien::libav {

/// Copies the audio packets of a file into a container that is being written, unchanged, a little at a time. Times are those that
/// VideoReader gives to the file's frames: 0 = the start of its video stream.
class AudioCopy {
 public:
  /// Adds a stream to `output` (whose header is not written yet) for each audio stream of `file`. Throws as open_container(), and
  /// Error{usage} when the container cannot hold the audio.
  AudioCopy(const std::filesystem::path& file, AVFormatContext& output);

  /// Writes the packets that begin before `until_s`; `from_s` becomes time 0, and what comes
  /// well before it is dropped. Returns FFmpeg's status.
  int copy(double from_s, double until_s);

 private:
  bool next_packet();

  std::string name_;
  Input input_;
  AVFormatContext& output_;
  std::vector<int> track_of_;  ///< stream of the output by stream of the input, -1 = no sound
  double zero_s_ = 0;          ///< of the file's clock
  Packet packet_ = make_packet();
  bool waiting_ = false, ended_ = false;  ///< packet_ is read and not written; nothing is left
};

}  // namespace mien::libav
