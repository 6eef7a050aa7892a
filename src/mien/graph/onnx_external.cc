// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_external.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "mien/base/error.h"
#include "mien/graph/names.h"

namespace mien::graph {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::bad_file, "external data: " + what); }

struct Place {
  std::string location;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

std::uint64_t number(const std::string& key, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail(fmt::format("expected a number of bytes as '{}', found {}", key, quote_name(text)));
  return value;
}

Place place_of(const ::onnx::TensorProto& tensor, std::uint64_t expected) {
  Place place{{}, 0, expected};
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = number("offset", entry.value());
    if (entry.key() == "length") place.length = number("length", entry.value());
  }
  if (place.length != expected)
    fail(fmt::format("type and shape say {} bytes, the entry 'length' says {}", expected, place.length));
  return place;
}

/// An open regular file that closes itself.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& file)
      : file_(file), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
    struct stat info {};
    const bool ok = fd_ >= 0 && ::fstat(fd_, &info) == 0;
    const int error = errno;
    if (ok && S_ISREG(info.st_mode)) {
      size_ = static_cast<std::uint64_t>(info.st_size);
      return;
    }
    if (fd_ >= 0) ::close(fd_);
    if (ok) fail(fmt::format("{} is no ordinary file", quote_name(file.string())));
    fail_to_read(error);
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t size() const { return size_; }
  std::string read(std::uint64_t offset, std::uint64_t length) const {
    std::string bytes(length, '\0');
    for (std::uint64_t done = 0; done < length;) {
      const ssize_t n = ::pread(fd_, bytes.data() + done, length - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail_to_read(errno);
      if (n == 0) fail(fmt::format("{} became shorter while it was read", quote_name(file_.string())));
      done += static_cast<std::uint64_t>(n);
    }
    return bytes;
  }

 private:
  [[noreturn]] void fail_to_read(int error) const {
    const std::string file = quote_name(file_.string());
    throw Error(ErrorCode::io, fmt::format("external data: cannot read {}: {}", file, std::strerror(error)));
  }

  fs::path file_;
  int fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

fs::path ExternalData::resolve(const std::string& location) const {
  const fs::path relative(location);
  const bool climbs = std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
  if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() || climbs)
    fail(fmt::format("expected a file inside the model's folder, found {}", quote_name(location)));
  if (folder_.empty())
    throw Error(ErrorCode::bad_file,
                fmt::format("its data are in {}, but the model was not read from a folder", quote_name(location)),
                "Read the model from its file instead of from memory.");
  std::error_code error;
  const fs::path folder = fs::canonical(folder_, error);
  const fs::path file = fs::canonical(folder / relative, error);
  if (error)
    throw Error(ErrorCode::not_found, fmt::format("external data: {} is not in the model's folder", quote_name(location)),
                "Copy the model's data files together with the model.");
  if (std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first != folder.end())
    fail(fmt::format("{} is a link to a place outside the model's folder", quote_name(location)));
  return file;
}

/// Many tensors may not name the same bytes again and again.
void ExternalData::count(const fs::path& file, std::uint64_t file_size, std::uint64_t bytes) {
  constexpr std::uint64_t most_readings = 4;
  if (bytes > max_bytes_ - total_) fail(fmt::format("more than the allowed {} bytes in all", max_bytes_));
  total_ += bytes;
  std::uint64_t& read = read_[file];
  read += bytes;
  if (read / most_readings > file_size) fail(fmt::format("the tensors in {} overlap", quote_name(file.filename().string())));
}

std::string ExternalData::read(const ::onnx::TensorProto& tensor, std::uint64_t expected) {
  const Place place = place_of(tensor, expected);
  const fs::path path = resolve(place.location);
  const OpenFile file(path);
  if (place.offset > file.size() || place.length > file.size() - place.offset)
    fail(fmt::format("{} bytes from byte {} on are asked for, but {} has {} bytes", place.length, place.offset,
                     quote_name(place.location), file.size()));
  count(path, file.size(), place.length);
  return file.read(place.offset, place.length);
}

}  // namespace mien::graph
