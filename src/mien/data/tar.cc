// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/tar.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "mien/base/error.h"

namespace mien {
namespace {

constexpr std::int64_t kBlock = 512;
constexpr std::int64_t kLongestName = 1 << 20;
using Block = std::array<char, 512>;

/// A file opened for reading at any place.
class RandomAccessFile {
 public:
  explicit RandomAccessFile(const std::filesystem::path& file)
      : name_(file.string()), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat info {};
    if (fd_ < 0) fail(errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io);
    if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
      ::close(fd_);
      throw Error(ErrorCode::not_found, fmt::format("{}: expected a file", name_));
    }
    size_ = info.st_size;
  }
  ~RandomAccessFile() { ::close(fd_); }
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;

  const std::string& name() const { return name_; }
  std::int64_t size() const { return size_; }

  void read(std::int64_t offset, void* out, std::int64_t size) const {
    auto* at = static_cast<char*>(out);
    while (size > 0) {
      const ssize_t n = ::pread(fd_, at, static_cast<std::size_t>(size), offset);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(ErrorCode::io);
      if (n == 0) throw Error(ErrorCode::bad_file, fmt::format("{}: shorter than when it was opened", name_));
      at += n;
      offset += n;
      size -= n;
    }
  }

 private:
  [[noreturn]] void fail(ErrorCode code) const { throw Error(code, fmt::format("{}: {}", name_, std::strerror(errno))); }

  std::string name_;
  int fd_;
  std::int64_t size_ = 0;
};

std::string text_field(const char* field, std::size_t size) { return {field, strnlen(field, size)}; }

/// Octal digits between blanks or NULs; nullopt for anything else and for a field without digits.
std::optional<std::int64_t> octal(std::string_view field) {
  const auto first = field.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  field.remove_prefix(first);
  const auto end = std::find_if(field.begin(), field.end(), [](char c) { return c == ' ' || c == '\0'; });
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(field.data(), field.data() + (end - field.begin()), value, 8);
  if (error != std::errc() || stop != field.data() + (end - field.begin()) || value < 0) return std::nullopt;
  return value;
}

/// The size field: octal, or GNU's big-endian number after a byte 0x80; nullopt when negative or too large.
std::optional<std::int64_t> size_field(const Block& block) {
  const auto* field = reinterpret_cast<const unsigned char*>(block.data() + 124);
  if (!(field[0] & 0x80)) return octal({block.data() + 124, 12});
  if (field[0] != 0x80) return std::nullopt;
  std::int64_t value = 0;
  for (int i = 1; i < 12; ++i) {
    if (value >> 54) return std::nullopt;
    value = (value << 8) | field[i];
  }
  return value;
}

bool is_zero(const Block& block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == 0; });
}

/// The sum of all bytes with the checksum field as blanks; some old writers summed signed bytes.
bool checksum_fits(const Block& block) {
  std::int64_t as_unsigned = 8 * ' ', as_signed = 8 * ' ';
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (i >= 148 && i < 156) continue;
    as_unsigned += static_cast<unsigned char>(block[i]);
    as_signed += static_cast<signed char>(block[i]);
  }
  const auto written = octal({block.data() + 148, 8});
  return written && (*written == as_unsigned || *written == as_signed);
}

std::int64_t padded(std::int64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

/// What extension headers say about the member that follows.
struct Extension {
  std::optional<std::string> name;
  std::optional<std::int64_t> size;
};

/// Walks over the headers of one archive.
class TarReader {
 public:
  explicit TarReader(const std::filesystem::path& file) : file_(file) {}

  TarIndex index() {
    refuse_compressed();
    TarIndex index;
    Extension extension;
    while (at_ < file_.size()) {
      if (file_.size() - at_ < kBlock)
        fail("header", fmt::format("cut off: {} bytes where a header of 512 was expected", file_.size() - at_));
      Block block;
      file_.read(at_, block.data(), kBlock);
      if (is_zero(block)) {
        index.has_end_mark = true;
        break;
      }
      read_member(block, extension, index);
    }
    return index;
  }

 private:
  [[noreturn]] void fail(const std::string& member, const std::string& reason) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}: member '{}' at byte {}: {}", file_.name(), member, at_, reason),
                "The shard was cut off, damaged, or is no tar file; copy or pack it again.");
  }

  void refuse_compressed() const {
    unsigned char magic[2] = {0, 0};
    if (file_.size() == 0) throw Error(ErrorCode::bad_file, fmt::format("{}: empty file, expected a tar archive", file_.name()));
    if (file_.size() >= 2) file_.read(0, magic, 2);
    if ((magic[0] == 0x1f && magic[1] == 0x8b) || (magic[0] == 0x28 && magic[1] == 0xb5))
      throw Error(ErrorCode::bad_file, fmt::format("{}: compressed archive, expected plain tar", file_.name()),
                  "Images are compressed already; unpack the archive (gunzip, zstd -d) so that members can be read in place.");
  }

  void read_member(const Block& block, Extension& extension, TarIndex& index) {
    const char type = block[156];
    const std::string name = extension.name ? *extension.name : header_name(block);
    if (!checksum_fits(block)) fail(name, "wrong checksum of the header");
    const auto in_header = size_field(block);
    if (!in_header) fail(name, "the size is negative, too large or not a number");
    const bool extends = type == 'x' || type == 'g' || type == 'L' || type == 'K' || type == 'X';
    const std::int64_t size = has_content(type) ? (extends ? *in_header : extension.size.value_or(*in_header)) : 0;
    const std::int64_t start = at_ + kBlock, left = file_.size() - start;
    if (size > left) fail(name, fmt::format("cut off: expected {} bytes, found {}", size, left));
    if (extends) {
      read_extension(type, name, start, size, extension);
    } else {
      const bool regular = type == '0' || type == '\0' || type == '7';
      if (regular && !name.ends_with('/')) index.members.push_back({name, start, size});
      extension = {};
    }
    at_ = start + padded(size);
  }

  static std::string header_name(const Block& block) {
    const std::string name = text_field(block.data(), 100);
    const bool ustar = std::memcmp(block.data() + 257, "ustar\0", 6) == 0;
    const std::string prefix = ustar ? text_field(block.data() + 345, 155) : std::string();
    return prefix.empty() ? name : prefix + "/" + name;
  }

  /// Links, devices and folders have none, whatever their size field says.
  static bool has_content(char type) { return type < '1' || type > '6'; }

  void read_extension(char type, const std::string& name, std::int64_t start, std::int64_t size, Extension& extension) const {
    if (type != 'x' && type != 'X' && type != 'L') return;  // global records and long link names do not matter here
    if (size > kLongestName) fail(name, fmt::format("an extension header of {} bytes", size));
    std::string text(static_cast<std::size_t>(size), '\0');
    file_.read(start, text.data(), size);
    if (type == 'L') {
      extension.name = text_field(text.data(), text.size());
    } else {
      read_pax(text, name, extension);
    }
  }

  /// Records "LENGTH KEY=VALUE\n".
  void read_pax(std::string_view text, const std::string& name, Extension& extension) const {
    while (!text.empty() && text[0] != '\0') {
      std::size_t length = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
      const auto digits = static_cast<std::size_t>(stop - text.data());
      if (error != std::errc() || length > text.size() || length < digits + 3 || text[digits] != ' ' || text[length - 1] != '\n')
        fail(name, "malformed pax record");
      const std::string_view record = text.substr(digits + 1, length - digits - 2);
      const auto equals = record.find('=');
      if (equals == std::string_view::npos) fail(name, "malformed pax record");
      const std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
      if (key == "path") extension.name = std::string(value);
      if (key == "size") extension.size = pax_size(value, name);
      text.remove_prefix(length);
    }
  }

  std::int64_t pax_size(std::string_view value, const std::string& name) const {
    std::int64_t size = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc() || stop != value.data() + value.size() || size < 0)
      fail(name, fmt::format("the size '{}' of the pax record is negative, too large or not a number", value));
    return size;
  }

  RandomAccessFile file_;
  std::int64_t at_ = 0;
};

void put_octal(char* field, int digits, std::uint64_t value) {
  for (int i = digits - 1; i >= 0; --i, value >>= 3) field[i] = static_cast<char>('0' + (value & 7));
  field[digits] = '\0';
}

Block header_of(std::string_view name, std::size_t size) {
  Block block{};
  std::copy(name.begin(), name.end(), block.begin());
  put_octal(block.data() + 100, 7, 0644);
  put_octal(block.data() + 108, 7, 0);
  put_octal(block.data() + 116, 7, 0);
  put_octal(block.data() + 124, 11, size);
  put_octal(block.data() + 136, 11, 0);
  block[156] = '0';
  std::memcpy(block.data() + 257,
              "ustar\0"
              "00",
              8);
  std::memset(block.data() + 148, ' ', 8);
  std::uint64_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put_octal(block.data() + 148, 6, sum);
  return block;
}

}  // namespace

TarIndex index_tar(const std::filesystem::path& file) { return TarReader(file).index(); }

std::vector<std::uint8_t> read_part(const std::filesystem::path& file, std::int64_t offset, std::int64_t size,
                                    const std::string& what) {
  const RandomAccessFile in(file);
  if (offset < 0 || size < 0 || offset > in.size() || size > in.size() - offset)
    throw Error(ErrorCode::bad_file, fmt::format("{}: '{}': expected {} bytes from byte {}, but the file has {}", in.name(), what,
                                                 size, offset, in.size()));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  in.read(offset, bytes.data(), size);
  return bytes;
}

void append_tar_member(std::ostream& out, std::string_view name, const void* data, std::size_t size) {
  if (name.empty() || name.size() > 100)
    throw Error(ErrorCode::usage, fmt::format("tar: the name '{}' has not 1 to 100 bytes", name));
  if (size >> 33) throw Error(ErrorCode::usage, fmt::format("tar: member '{}' of {} bytes, at most 8 GiB fit", name, size));
  const Block header = header_of(name, size), zeros{};
  out.write(header.data(), kBlock);
  out.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
  out.write(zeros.data(), padded(static_cast<std::int64_t>(size)) - static_cast<std::int64_t>(size));
}

void append_tar_end(std::ostream& out) {
  const Block zeros{};
  out.write(zeros.data(), kBlock);
  out.write(zeros.data(), kBlock);
}

std::int64_t tar_bytes(std::size_t size) { return kBlock + padded(static_cast<std::int64_t>(size)); }

}  // namespace mien
