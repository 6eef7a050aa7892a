// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/media_source.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_set>

#include "mien/base/any_error.h"
#include "mien/base/file_list.h"
#include "mien/base/files.h"
#include "mien/base/pipe_input.h"
#include "mien/base/text.h"
#include "mien/image/decode.h"
#include "mien/image/gif_blocks.h"
#include "mien/image/image_format.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

using Kind = MediaSource::Kind;

bool is_animated_gif(const std::string& file) {
  try {
    const auto bytes = read_bytes(file, static_cast<std::uint64_t>(DecodeOptions().max_bytes));
    return scan_gif(bytes.data(), bytes.size()).frames > 1;
  } catch (...) {
    return false;  // reading it as a picture says what is wrong
  }
}

/// Raw streams of JPEG pictures begin as one picture does.
bool is_jpeg_stream(const std::string& file) {
  const std::string extension = to_lower(fs::path(file).extension().string());
  return extension == ".mjpeg" || extension == ".mjpg";
}

/// None for what is neither a picture nor a video, nor meant to be one.
std::optional<Kind> kind_of(const std::string& file) {
  const ImageFormat format = image_format_of(file);
  if (format == ImageFormat::gif) return is_animated_gif(file) ? Kind::video : Kind::picture;
  if (format == ImageFormat::jpeg && is_jpeg_stream(file)) return Kind::video;
  if (format != ImageFormat::none) return Kind::picture;
  if (has_video_extension(file) || why_no_video(file).empty()) return Kind::video;
  if (has_image_extension(file)) return Kind::picture;
  return std::nullopt;
}

/// "" for pictures and videos.
std::string why_no_media(const std::string& file) {
  if (kind_of(file)) return "";
  const std::string why = why_no_picture(file);
  return why == "no picture" ? "no picture or video" : why;
}

class Lister {
 public:
  void add(const std::string& argument) {
    std::error_code unknown;
    if (argument.rfind("camera:", 0) == 0) add_source({Kind::camera, argument, ""});
    else if (fs::is_directory(argument, unknown)) add_folder(argument);
    else if (is_pipe(argument)) add_source({Kind::picture, argument, ""});  // what comes is seen when it comes
    else if (fs::exists(argument, unknown)) add_source(file_source(argument));
    else if (argument.find_first_of("*?[") != std::string::npos) add_matches(argument);
    else add_source({Kind::picture, argument, argument + ": no such file or folder"});
  }
  MediaList take() { return std::move(list_); }

 private:
  /// Each name once, where it stands first.
  void add_source(MediaSource source) {
    if (named_.insert(source.name).second) list_.sources.push_back(std::move(source));
  }

  void add_folder(const std::string& folder) {
    WalkedFiles found = walk_files(folder);
    leave_out(found, why_no_media);
    for (const auto& file : found.files) add_source(file_source(file));
    list_.left_out.insert(list_.left_out.end(), found.left_out.begin(), found.left_out.end());
    if (found.files.empty()) add_source({Kind::picture, folder, folder + ": no pictures or videos in this folder"});
  }

  void add_matches(const std::string& pattern) {
    const auto names = matching_names(pattern, list_.left_out);
    for (const auto& name : names) add_match(name);
    if (names.empty()) add_source({Kind::picture, pattern, pattern + ": no file matches"});
  }

  /// A pipe or device that a pattern happens to match would be waited for.
  void add_match(const std::string& name) {
    std::error_code unknown;
    if (fs::is_directory(name, unknown)) return add_folder(name);
    MediaSource source{Kind::picture, name, ""};
    if (special_kind(name).empty()) source = file_source(name);
    else source.problem = name + ": is not a file but a pipe or device";
    add_source(std::move(source));
  }

  MediaList list_;
  std::unordered_set<std::string> named_;
};

}  // namespace

MediaSource file_source(const std::string& name) { return {kind_of(name).value_or(Kind::picture), name, ""}; }

MediaList list_media(const std::vector<std::string>& arguments, std::istream& list) {
  Lister lister;
  for (const std::string& argument : arguments) {
    if (argument != "-") lister.add(argument);
    else
      for (const auto& name : read_file_list(list, "the list on standard input")) lister.add(name);
  }
  return lister.take();
}

}  // namespace mien
