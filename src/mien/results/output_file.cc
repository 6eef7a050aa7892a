// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mien/base/broken_pipe.h"
#include "mien/base/error.h"
#include "mien/base/io_error.h"

namespace mien {
namespace {

constexpr std::size_t kBuffer = 1 << 18;

[[noreturn]] void fail(const std::filesystem::path& file, const char* action, int code) {
  if (code == EPIPE) throw BrokenPipe(file.string());
  throw_io_error(file, action, code);
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& file, std::int64_t append_after) : file_(file) {
  const bool continued = append_after > 0;
  fd_ = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | (continued ? 0 : O_CREAT | O_TRUNC), 0666);
  if (fd_ < 0 && continued && errno == ENOENT)
    throw Error(ErrorCode::not_found, fmt::format("{}: the file to continue is not there", file.string()),
                "Start anew, without resuming.");
  if (fd_ < 0) fail(file, continued ? "cannot open for writing" : "cannot create", errno);
  try {
    if (continued) cut(append_after);
  } catch (...) {
    ::close(fd_);
    throw;
  }
  buffer_.reserve(kBuffer);
}

OutputFile::~OutputFile() {
  if (fd_ >= 0 && !borrowed_) ::close(fd_);
}

void OutputFile::cut(std::int64_t length) {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) fail(file_, "cannot read its length", errno);
  if (info.st_size < length)
    throw Error(
        ErrorCode::mismatch,
        fmt::format("{}: expected at least {} bytes from the run to continue, found {}", file_.string(), length, info.st_size),
        "The file was changed or replaced since. Start anew, without resuming.");
  if (::ftruncate(fd_, length) != 0) fail(file_, "cannot shorten", errno);
  if (::lseek(fd_, 0, SEEK_END) < 0) fail(file_, "cannot go to its end", errno);
  written_ = length;
}

void OutputFile::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBuffer) drain();
}

void OutputFile::drain() {
  const char* data = buffer_.data();
  std::size_t left = buffer_.size();
  while (left > 0) {
    const ssize_t n = ::write(fd_, data, left);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(file_, "cannot write", errno);
    data += n;
    left -= static_cast<std::size_t>(n);
    written_ += n;
  }
  buffer_.clear();
}

void OutputFile::flush() {
  drain();
  if (borrowed_) return;
  // Pipes and devices have nothing to flush.
  if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) fail(file_, "cannot flush to disk", errno);
}

void OutputFile::close() {
  if (fd_ < 0) return;
  flush();
  const int descriptor = std::exchange(fd_, -1);
  if (!borrowed_ && ::close(descriptor) != 0) fail(file_, "cannot close", errno);
}

}  // namespace mien
