// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/video/libav.h"

namespace mien::libav {

/// A file or device with the one video stream that is read; the other streams are skipped.
struct MediaFile {
  Input input;
  AVStream* video = nullptr;  ///< owned by `input`
  Codec decoder;
  std::string name;      ///< for messages
  bool cut_off = false;  ///< the file is shorter than its beginning says

  /// Presentation time of the stream's start, in the stream's ticks; AV_NOPTS_VALUE when the container does not say.
  std::int64_t start() const { return video->start_time; }
  double seconds(std::int64_t ticks) const { return libav::seconds(ticks, video->time_base); }
};

/// Opens a container of a known kind, told by content. Only the file itself is opened, whatever it refers to. Throws
/// Error{not_found}, Error{bad_file} for pictures, play lists and what cannot be read.
Input open_container(const std::filesystem::path& file);

/// The file is shorter than its beginning says (see promised_size.h).
bool is_cut_off(const std::filesystem::path& file);

/// Finds the video stream of an open container or device and its decoder. Throws Error{bad_file} (no video stream, audio only, no
/// decoder).
MediaFile open_video_stream(Input input, const std::string& name, int threads);

}  // namespace mien::libav
