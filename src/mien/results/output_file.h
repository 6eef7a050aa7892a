// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mien {

/// A file that grows and that can be continued, or an open descriptor. All errors are Error{io} (or Error{not_found, mismatch} when opening) and name
/// the file; BrokenPipe when nobody reads a pipe any more.
class OutputFile {
 public:
  /// With `append_after` > 0 an existing file is cut to that many bytes and continued; throws Error{mismatch} when it is shorter.
  /// Otherwise it is emptied or created.
  explicit OutputFile(const std::filesystem::path& file, std::int64_t append_after = -1);
  /// Writes to a descriptor that somebody else closes, such as a pipe; `name` is used in messages.
  OutputFile(int descriptor, const std::string& name) : file_(name), fd_(descriptor), borrowed_(true) {}
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  /// What was written so far is on disk, or has gone to the descriptor.
  void flush();
  /// Flushes and closes; nothing can be written afterwards. Without it the destructor drops what is still in memory.
  void close();
  /// Length of the file once everything is flushed.
  std::int64_t bytes() const { return written_ + static_cast<std::int64_t>(buffer_.size()); }
  const std::filesystem::path& file() const { return file_; }

 private:
  void drain();
  void cut(std::int64_t length);

  std::filesystem::path file_;
  int fd_ = -1;
  bool borrowed_ = false;
  std::int64_t written_ = 0;
  std::string buffer_;
};

}  // namespace mien
