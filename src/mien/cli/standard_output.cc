// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/standard_output.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "mien/base/broken_pipe.h"

namespace mien::cli {

void write_output(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return;
  if (errno == EPIPE) throw BrokenPipe("stdout");
  throw Error(ErrorCode::io, fmt::format("the result could not be written to stdout: {}", errno != 0 ? std::strerror(errno) : "unknown reason"),
              errno == ENOSPC ? "Free some space, or write to another disk." : "");
}

void survive_closed_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace mien::cli
