// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace mien {

namespace fs = std::filesystem;

/// The whole file. Throws Error{not_found}, Error{io}, or Error{bad_file} when it is larger than `max_bytes`.
std::vector<std::uint8_t> read_bytes(const fs::path& file, std::uint64_t max_bytes = 4ull << 30);
std::string read_text(const fs::path& file);

/// Writes under a temporary name in the same folder, flushes to disk, then renames: a reader sees the old content or the
/// new one, never a part. Throws Error{io} (disk full included) and leaves the old file untouched.
void write_atomically(const fs::path& file, std::string_view content);
void write_atomically(const fs::path& file, const std::function<void(std::ostream&)>& write);

/// A new folder `base`, or `base-2`, `base-3`, ... when it exists. Creates parents.
fs::path create_numbered_folder(const fs::path& base);

/// A temporary folder, removed with its content at the end of its life.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& prefix = "mien");
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// 128-bit XXH3 of the bytes, as 32 hexadecimal digits: identity of content, not security.
std::string content_hash(const void* data, std::size_t size);

}  // namespace mien
