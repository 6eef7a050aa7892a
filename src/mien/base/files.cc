// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <streambuf>
#include <utility>

#include "mien/base/error.h"
#include "mien/base/folder_of.h"
#include "mien/base/io_error.h"
#include "mien/base/temporary_file.h"

namespace mien {

namespace {

/// An open file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  /// Closes now; some file systems report a full disk only here.
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

/// Writes a descriptor through a buffer and remembers the system's first error, which std::ofstream would lose.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd), buffer_(1 << 16) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  int sync() override {
    const bool ok = write_all(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return ok ? 0 : -1;
  }
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    if (size < epptr() - pptr()) return std::streambuf::xsputn(data, size);
    if (sync() != 0 || !write_all(data, static_cast<std::size_t>(size))) return 0;
    written_ += size;
    return size;
  }
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    return offset == 0 && from == std::ios_base::cur ? pos_type(written_ + (pptr() - pbase())) : pos_type(off_type(-1));
  }

 private:
  bool write_all(const char* data, std::size_t size) {
    while (size > 0 && error_ == 0) {
      const ssize_t n = ::write(fd_, data, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        error_ = errno;
        break;
      }
      data += n;
      size -= static_cast<std::size_t>(n);
    }
    return error_ == 0;
  }

  int fd_;
  int error_ = 0;
  std::streamsize written_ = 0;
  std::vector<char> buffer_;
};

void write_descriptor(Descriptor& out, const fs::path& file, const std::function<void(std::ostream&)>& write, bool sync) {
  DescriptorBuffer buffer(out.get());
  std::ostream stream(&buffer);
  write(stream);
  stream.flush();
  if (buffer.error() != 0) throw_io_error(file, "cannot write", buffer.error());
  if (!stream) throw Error(ErrorCode::io, file.string() + ": the content could not be produced in full");
  if (sync && ::fsync(out.get()) != 0) throw_io_error(file, "cannot flush to disk", errno);
  if (out.close() != 0) throw_io_error(file, "cannot close", errno);
}

/// Devices and pipes cannot be replaced by renaming.
void write_in_place(const fs::path& file, const std::function<void(std::ostream&)>& write) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (out.get() < 0) throw_io_error(file, "cannot open for writing", errno);
  write_descriptor(out, file, write, false);
}

/// Makes the rename itself survive a power cut; not every file system can, so the result does not matter.
void sync_folder(const fs::path& folder) {
  Descriptor fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

}  // namespace

std::vector<std::uint8_t> read_bytes(const fs::path& file, std::uint64_t max_bytes) {
  Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw Error(ErrorCode::not_found, file.string() + ": no such file");
    throw_io_error(file, "cannot open", errno);
  }
  struct stat info {};
  if (::fstat(in.get(), &info) != 0) throw_io_error(file, "cannot read", errno);
  if (S_ISDIR(info.st_mode)) throw Error(ErrorCode::not_found, file.string() + ": expected a file, found a folder");
  const auto too_large = [&] {
    throw Error(ErrorCode::bad_file, fmt::format("{}: larger than the allowed {} bytes", file.string(), max_bytes));
  };
  const auto expected = static_cast<std::uint64_t>(info.st_size);
  if (expected > max_bytes) too_large();
  std::vector<std::uint8_t> bytes(expected + 1);  // one more byte: the end of the file is seen without growing
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(bytes.size() * 2);
    const ssize_t n = ::read(in.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_io_error(file, "cannot read", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (size > max_bytes) too_large();
  }
  bytes.resize(size);
  return bytes;
}

std::string read_text(const fs::path& file) {
  const auto bytes = read_bytes(file);
  return {bytes.begin(), bytes.end()};
}

void write_atomically(const fs::path& file, std::string_view content) {
  write_atomically(file, [&](std::ostream& out) { out.write(content.data(), static_cast<std::streamsize>(content.size())); });
}

void write_atomically(const fs::path& file, const std::function<void(std::ostream&)>& write) {
  std::error_code ignored;
  const auto status = fs::status(file, ignored);
  if (fs::is_directory(status)) throw Error(ErrorCode::io, file.string() + ": expected a file to write, found a folder");
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(file, write);
  const fs::path target = fs::is_symlink(file, ignored) && fs::exists(status) ? fs::canonical(file) : file;
  TemporaryFile temporary(target);
  Descriptor out(::fcntl(temporary.descriptor(), F_DUPFD_CLOEXEC, 3));
  if (out.get() < 0) throw_io_error(file, "cannot open for writing", errno);
  write_descriptor(out, file, write, true);
  temporary.put_in_place();
  sync_folder(folder_of(target));
}

fs::path create_numbered_folder(const fs::path& given) {
  const fs::path base = given.has_filename() ? given : given.parent_path();
  const fs::path parent = folder_of(base);
  std::error_code error;
  if (base.has_parent_path()) fs::create_directories(parent, error);
  if (error) throw_io_error(parent, "cannot create the folder", error.value());
  for (int number = 1;; ++number) {
    const std::string name = base.filename().string();
    const fs::path folder = number == 1 ? base : base.parent_path() / fitted_name(parent, name, fmt::format("-{}", number));
    if (::mkdir(folder.c_str(), 0777) == 0) return folder;
    if (errno != EEXIST) throw_io_error(folder, "cannot create the folder", errno);
  }
}

TemporaryFolder::TemporaryFolder(const std::string& prefix) {
  // A TMPDIR that is not there is a slip of the environment and no reason to do without.
  std::error_code missing;
  fs::path parent = fs::temp_directory_path(missing);
  if (missing) parent = "/tmp";
  std::string name = (parent / (prefix + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) throw_io_error(name, "cannot create the folder", errno);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string content_hash(const void* data, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(data, size);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace mien
