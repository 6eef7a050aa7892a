// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/pipe_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mien/base/error.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

constexpr int kLookAtStop_ms = 50;
constexpr std::size_t kPart = 1 << 16;

class Pipe {
 public:
  explicit Pipe(const fs::path& path) : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ < 0 && (errno == ENOENT || errno == ENOTDIR)) throw Error(ErrorCode::not_found, path.string() + ": no such file");
    if (fd_ < 0) fail("cannot open");
  }
  ~Pipe() { ::close(fd_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  /// Fills `part` with what is there, maybe nothing; false at the end. Waits for it a short while.
  bool read(std::vector<std::uint8_t>& part) const {
    part.clear();
    pollfd state{fd_, POLLIN, 0};
    const int ready = ::poll(&state, 1, kLookAtStop_ms);
    if (ready < 0 && errno != EINTR) fail("cannot wait for");
    // A pipe that nobody has opened for writing yet shows nothing, not even its end.
    if (ready <= 0) return true;
    part.resize(kPart);
    const ssize_t n = ::read(fd_, part.data(), kPart);
    const int code = errno;
    part.resize(static_cast<std::size_t>(n > 0 ? n : 0));
    if (n > 0) return true;
    if (n < 0 && (code == EAGAIN || code == EINTR)) return true;
    errno = code;
    if (n < 0) fail("cannot read");
    return false;
  }

 private:
  [[noreturn]] void fail(const char* action) const {
    throw Error(ErrorCode::io, fmt::format("{}: {}: {}", path_.string(), action, std::strerror(errno)));
  }

  const fs::path& path_;
  int fd_;
};

}  // namespace

bool is_pipe(const fs::path& path) {
  std::error_code unknown;
  const auto type = fs::status(path, unknown).type();
  return type == fs::file_type::fifo || type == fs::file_type::socket || type == fs::file_type::character;
}

void read_pipe(const fs::path& path, std::uint64_t max_bytes, const StopFlag& stop,
               const std::function<void(const std::uint8_t*, std::size_t)>& take) {
  const Pipe pipe(path);
  std::vector<std::uint8_t> part;
  for (std::uint64_t size = 0;;) {
    if (stop.requested()) throw Error(ErrorCode::interrupted, path.string() + ": stopped while waiting for it");
    if (!pipe.read(part)) return;
    size += part.size();
    if (size > max_bytes) throw Error(ErrorCode::bad_file, fmt::format("{}: more than the allowed {} bytes came", path.string(), max_bytes));
    if (!part.empty()) take(part.data(), part.size());
  }
}

std::vector<std::uint8_t> read_pipe(const fs::path& path, std::uint64_t max_bytes, const StopFlag& stop) {
  std::vector<std::uint8_t> bytes;
  read_pipe(path, max_bytes, stop, [&](const std::uint8_t* data, std::size_t size) { bytes.insert(bytes.end(), data, data + size); });
  return bytes;
}

}  // namespace mien
