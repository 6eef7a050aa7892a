// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "mien/base/file_walk.h"

namespace mien {

/// One thing to look at.
struct MediaSource {
  enum class Kind { picture, video, camera };
  Kind kind = Kind::picture;
  std::string name;     ///< path as given, or "camera:0"
  std::string problem;  ///< why it cannot be read, when that is already known
};

struct MediaList {
  std::vector<MediaSource> sources;
  std::vector<LeftOut> left_out;  ///< below folders and patterns
};

/// What arguments mean, in order: a file stands for itself, a folder for the pictures and videos below it (walk_files(): links followed,
/// sorted), a pattern with * or ? for what it matches, "camera:0" or "camera:/dev/video0" for a camera, "-" for a list of such arguments
/// read from `list` (read_file_list()). What does not exist becomes a source with a problem, so that the rest goes on; what is named
/// twice is one source. Pictures and videos are told by their content, animated GIFs are videos; a name is a hint where the content says
/// nothing. What is neither is left out of folders.
MediaList list_media(const std::vector<std::string>& arguments, std::istream& list);

/// A file as a source, by its content and name.
MediaSource file_source(const std::string& name);

}  // namespace mien
