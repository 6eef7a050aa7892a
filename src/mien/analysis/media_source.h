// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace mien {

/// One thing to look at.
struct MediaSource {
  enum class Kind { picture, video, camera };
  Kind kind = Kind::picture;
  std::string name;     ///< path as given, or "camera:0"
  std::string problem;  ///< why it cannot be read, when that is already known
};

/// What arguments mean, in order: a file stands for itself, a folder for the pictures and videos below it (sorted), a pattern with * or ?
/// for what it matches, "camera:0" or "camera:/dev/video0" for a camera, "-" for a list of names read from `list`. What does not exist becomes
/// a source with a problem, so that the rest goes on; what is named twice is one source. Videos are told by their names' extensions.
std::vector<MediaSource> list_media(const std::vector<std::string>& arguments, std::istream& list);

}  // namespace mien
