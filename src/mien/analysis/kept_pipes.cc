// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/kept_pipes.h"

#include <fmt/format.h>

#include <limits>

#include "mien/base/any_error.h"
#include "mien/base/files.h"
#include "mien/base/pipe_input.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

/// Under the pipe's own name, numbered where that is taken.
fs::path free_name(const fs::path& folder, const fs::path& pipe) {
  const fs::path name = pipe.filename();
  for (int number = 1;; ++number) {
    const fs::path file = folder / (number == 1 ? name.string() : fmt::format("{}-{}{}", name.stem().string(), number, name.extension().string()));
    if (!fs::exists(fs::symlink_status(file))) return file;
  }
}

/// Devices such as /dev/zero never end.
std::uint64_t most_bytes(const fs::path& pipe) {
  const bool device = fs::status(pipe).type() == fs::file_type::character;
  return device ? static_cast<std::uint64_t>(DecodeOptions().max_bytes) : std::numeric_limits<std::uint64_t>::max();
}

MediaSource kept(const MediaSource& source, const fs::path& folder, const StopFlag& stop) {
  const fs::path file = free_name(folder, source.name);
  try {
    write_atomically(file, [&](std::ostream& out) {
      read_pipe(source.name, most_bytes(source.name), stop, [&](const std::uint8_t* data, std::size_t size) { out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size)); });
    });
    return file_source(file.string());
  } catch (...) {
    const Error error = to_error(std::current_exception());
    // Trouble with stopping and writing is not the pipe's.
    if (error.code() == ErrorCode::interrupted || std::string(error.what()).find(file.string()) != std::string::npos) throw;
    return {source.kind, source.name, error.what()};
  }
}

}  // namespace

void keep_pipes(std::vector<MediaSource>& sources, const fs::path& folder, const StopFlag& stop, Progress& progress) {
  for (MediaSource& source : sources) {
    if (source.kind == MediaSource::Kind::camera || !source.problem.empty() || !is_pipe(source.name)) continue;
    fs::create_directories(folder / "from_pipes");
    progress.info("waiting for what comes through " + source.name);
    source = kept(source, folder / "from_pipes", stop);
  }
}

}  // namespace mien
