// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/media_source.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "mien/base/text.h"
#include "mien/image/decode.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

namespace fs = std::filesystem;
using Kind = MediaSource::Kind;

MediaSource file_source(const std::string& name) { return {has_video_extension(name) ? Kind::video : Kind::picture, name, ""}; }

void add_folder(const std::string& folder, std::vector<MediaSource>& sources) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_regular_file(unknown) && (has_image_extension(entry->path()) || has_video_extension(entry->path())))
      files.push_back(entry->path().string());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) sources.push_back(file_source(file));
  if (error) sources.push_back({Kind::picture, folder, folder + ": " + error.message()});
  else if (files.empty()) sources.push_back({Kind::picture, folder, folder + ": no pictures or videos in this folder"});
}

/// A pipe or device that a pattern happens to match would be waited for.
MediaSource matching_source(const std::string& name) {
  std::error_code unknown;
  const auto status = fs::status(name, unknown);
  MediaSource source = file_source(name);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) source.problem = name + ": is not a file but a pipe or device";
  return source;
}

void add_matches(const std::string& pattern, std::vector<MediaSource>& sources) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
  const std::vector<std::string> files(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  ::globfree(&found);
  for (const auto& file : files) sources.push_back(matching_source(file));
  if (files.empty()) sources.push_back({Kind::picture, pattern, pattern + ": no file matches"});
}

void add_argument(const std::string& argument, std::vector<MediaSource>& sources) {
  std::error_code unknown;
  if (argument.rfind("camera:", 0) == 0) sources.push_back({Kind::camera, argument, ""});
  else if (fs::is_directory(argument, unknown)) add_folder(argument, sources);
  else if (fs::exists(argument, unknown)) sources.push_back(file_source(argument));
  else if (argument.find_first_of("*?[") != std::string::npos) add_matches(argument, sources);
  else sources.push_back({Kind::picture, argument, argument + ": no such file or folder"});
}

/// Each name once, where it stands first.
void drop_repetitions(std::vector<MediaSource>& sources) {
  std::unordered_set<std::string> seen;
  std::erase_if(sources, [&](const MediaSource& source) { return !seen.insert(source.name).second; });
}

}  // namespace

std::vector<MediaSource> list_media(const std::vector<std::string>& arguments, std::istream& list) {
  std::vector<MediaSource> sources;
  for (const std::string& argument : arguments) {
    if (argument != "-") {
      add_argument(argument, sources);
      continue;
    }
    for (std::string line; std::getline(list, line);)
      if (!trim(line).empty()) add_argument(trim(line), sources);
  }
  drop_repetitions(sources);
  return sources;
}

}  // namespace mien
