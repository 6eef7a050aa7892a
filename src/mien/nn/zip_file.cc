// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/zip_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "mien/base/error.h"

namespace mien {

namespace {

constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, end_signature = 0x06054b50,
                        end64_signature = 0x06064b50, locator64_signature = 0x07064b50;
constexpr std::size_t local_size = 30, central_size = 46, end_size = 22, end64_size = 56, locator64_size = 20;

class Archive {
 public:
  Archive(const std::uint8_t* data, std::size_t size, const std::string& origin) : data_(data), size_(size), origin_(origin) {}

  std::vector<ZipEntry> read() {
    find_directory();
    if (count_ > size_ / central_size) fail("its directory claims more entries than the file can hold");
    std::vector<ZipEntry> entries;
    std::set<std::string> names;
    for (std::uint64_t i = 0; i < count_; ++i) {
      entries.push_back(read_entry());
      if (!names.insert(entries.back().name).second) fail(fmt::format("the entry '{}' appears twice", entries.back().name));
    }
    return entries;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}: damaged zip archive: {}", origin_, what));
  }

  template <typename T>
  T number(std::uint64_t at) const {
    T value;
    std::memcpy(&value, data_ + inside(at, sizeof(T)), sizeof(T));
    return value;
  }
  std::uint64_t inside(std::uint64_t at, std::uint64_t count) const {
    if (at > size_ || count > size_ - at)
      fail(fmt::format("bytes {} to {} lie outside the file of {} bytes", at, at + count, size_));
    return at;
  }

  /// The end record stands at the end, behind it at most a comment of 64 KiB.
  std::uint64_t find_end() const {
    if (size_ < end_size) fail("it is too short");
    const std::size_t lowest = size_ > end_size + 0xffff ? size_ - end_size - 0xffff : 0;
    for (std::size_t at = size_ - end_size + 1; at-- > lowest;)
      if (number<std::uint32_t>(at) == end_signature) return at;
    fail("it has no directory: the file is cut off or no zip archive");
  }

  void find_directory() {
    const auto end = find_end();
    if (number<std::uint16_t>(end + 4) != 0 && number<std::uint16_t>(end + 4) != 0xffff) fail("it consists of several parts");
    count_ = number<std::uint16_t>(end + 10);
    at_ = number<std::uint32_t>(end + 16);
    if (end < locator64_size || number<std::uint32_t>(end - locator64_size) != locator64_signature) return;
    const auto end64 = number<std::uint64_t>(end - locator64_size + 8);
    inside(end64, end64_size);
    if (number<std::uint32_t>(end64) != end64_signature) fail("the zip64 record is not where the locator says");
    count_ = number<std::uint64_t>(end64 + 32);
    at_ = number<std::uint64_t>(end64 + 48);
  }

  struct Place {
    std::uint64_t stored, full, header;
  };

  /// Sizes and place, taken from the zip64 field where the 32-bit ones are full.
  Place read_place(std::uint64_t extra, std::uint64_t extra_size) const {
    Place place{number<std::uint32_t>(at_ + 20), number<std::uint32_t>(at_ + 24), number<std::uint32_t>(at_ + 42)};
    const std::uint64_t stop = extra + extra_size;
    while (extra + 4 <= stop) {
      const auto id = number<std::uint16_t>(extra), size = number<std::uint16_t>(extra + 2);
      std::uint64_t field = extra + 4;
      extra = field + size;
      if (id != 1) continue;
      for (auto* value : {&place.full, &place.stored, &place.header}) {
        if (*value != 0xffffffff) continue;
        if (field + 8 > std::min(extra, stop)) fail("a zip64 field is too short");
        *value = number<std::uint64_t>(field);
        field += 8;
      }
    }
    return place;
  }

  ZipEntry read_entry() {
    inside(at_, central_size);
    if (number<std::uint32_t>(at_) != central_signature) fail("a directory entry is not where it should be");
    const auto flags = number<std::uint16_t>(at_ + 8), method = number<std::uint16_t>(at_ + 10);
    const auto name_size = number<std::uint16_t>(at_ + 28), extra_size = number<std::uint16_t>(at_ + 30);
    const auto expected_crc = number<std::uint32_t>(at_ + 16);
    const auto name_at = inside(at_ + central_size, static_cast<std::uint64_t>(name_size) + extra_size);
    ZipEntry entry{.name = {reinterpret_cast<const char*>(data_ + name_at), name_size}};
    const Place place = read_place(name_at + name_size, extra_size);
    if (flags & 1) fail(fmt::format("the entry '{}' is encrypted", entry.name));
    if (method != 0 || place.stored != place.full)
      fail(fmt::format("the entry '{}' is compressed, which PyTorch never does", entry.name));
    locate(place, entry);
    if (entry.bytes > size_ - held_) fail("its entries overlap");  // else a small file costs the checksums of a large one
    held_ += entry.bytes;
    if (checksum(entry) != expected_crc) fail(fmt::format("the checksum of the entry '{}' is wrong", entry.name));
    at_ = name_at + name_size + extra_size + number<std::uint16_t>(at_ + 32);
    return entry;
  }

  void locate(const Place& place, ZipEntry& entry) const {
    inside(place.header, local_size);
    if (number<std::uint32_t>(place.header) != local_signature)
      fail(fmt::format("the entry '{}' is not where the directory says", entry.name));
    const auto start =
        place.header + local_size + number<std::uint16_t>(place.header + 26) + number<std::uint16_t>(place.header + 28);
    entry.data = data_ + inside(start, place.full);
    entry.bytes = place.full;
  }

  static std::uint32_t checksum(const ZipEntry& entry) {
    return static_cast<std::uint32_t>(crc32_z(0, entry.data, static_cast<z_size_t>(entry.bytes)));
  }

  const std::uint8_t* data_;
  std::size_t size_;
  const std::string& origin_;
  std::uint64_t count_ = 0, at_ = 0;
  std::uint64_t held_ = 0;  ///< bytes of the entries read so far
};

}  // namespace

std::vector<ZipEntry> read_zip(const std::uint8_t* data, std::size_t size, const std::string& origin) {
  return Archive(data, size, origin).read();
}

}  // namespace mien
