// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>
#include <optional>

#include "mien/base/folder_of.h"
#include "mien/base/io_error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".tmp-";
/// Untouched for so long, a file is left although a process has its writer's number (numbers come again), or although files
/// cannot be locked on this file system.
constexpr std::time_t kUntouched_s = 60, kUntouchedWithoutLocks_s = 3600;


std::size_t longest_name(const fs::path& folder) {
  const long most = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  const std::size_t name = most > 0 ? static_cast<std::size_t>(most) : NAME_MAX;
  const std::size_t before = folder.native().size() + 1;
  return before < PATH_MAX ? std::min(name, static_cast<std::size_t>(PATH_MAX) - 1 - before) : name;
}

std::string unique_suffix() {
  static std::atomic<unsigned> counter{0};
  return fmt::format("{}{}-{}", kMark, ::getpid(), counter.fetch_add(1));
}

/// NAME.tmp-PID-N taken apart.
struct TemporaryName {
  std::string_view target;
  pid_t writer;
};

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 10 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<TemporaryName> take_apart(std::string_view name) {
  const auto mark = name.rfind(kMark);
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const std::string_view numbers = name.substr(mark + kMark.size());
  const auto dash = numbers.find('-');
  if (dash == std::string_view::npos || !all_digits(numbers.substr(0, dash)) || !all_digits(numbers.substr(dash + 1)))
    return std::nullopt;
  const long long writer = std::stoll(std::string(numbers.substr(0, dash)));
  if (writer <= 0 || writer > INT_MAX) return std::nullopt;
  return TemporaryName{name.substr(0, mark), static_cast<pid_t>(writer)};
}

bool is_alive(pid_t process) { return ::kill(process, 0) == 0 || errno == EPERM; }

/// Whether no writer can be at work on the open file. The lock tells; a number means nothing in another container. A writer has
/// no lock yet in the moment after it made the file: that is what the number is asked for.
bool is_left(int descriptor, pid_t writer, const struct stat& info) {
  const std::time_t untouched_s = std::time(nullptr) - info.st_mtime;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return writer == ::getpid() || !is_alive(writer) || untouched_s > kUntouched_s;
  return errno != EWOULDBLOCK && !is_alive(writer) && untouched_s > kUntouchedWithoutLocks_s;
}

void remove_if_left(const fs::path& file, pid_t writer, Leftovers& removed) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && is_left(descriptor, writer, info) &&
      ::unlink(file.c_str()) == 0) {
    ++removed.files;
    removed.bytes += static_cast<std::uint64_t>(info.st_size);
  }
  ::close(descriptor);
}

/// `wanted` decides by the target's part of the name.
template <typename Wanted>
void look_through(const fs::path& folder, int levels, const Wanted& wanted, Leftovers& removed) {
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const std::string name = entry->path().filename().string();
    if (const auto parts = take_apart(name); parts && wanted(parts->target))
      remove_if_left(entry->path(), parts->writer, removed);
    else if (levels > 0 && !entry->is_symlink(ignored) && entry->is_directory(ignored))
      look_through(entry->path(), levels - 1, wanted, removed);
  }
}

}  // namespace

std::string fitted_name(const fs::path& folder, std::string_view name, std::string_view suffix) {
  const std::size_t most = longest_name(folder);
  std::size_t keep = std::min(name.size(), most > suffix.size() ? most - suffix.size() : 0);
  if (keep < name.size())
    while (keep > 1 && (static_cast<unsigned char>(name[keep]) & 0xC0) == 0x80) --keep;
  return std::string(name.substr(0, keep)).append(suffix);
}

TemporaryFile::TemporaryFile(const fs::path& target) : target_(target) {
  // A name that is too long itself must fail here and not at the very end.
  if (struct stat info{}; ::lstat(target.c_str(), &info) != 0 && errno == ENAMETOOLONG)
    throw_io_error(target, "cannot create", errno);
  const fs::path folder = folder_of(target);
  do {  // in a container a killed process of the same number may have left a file of the same name
    path_ = folder / fitted_name(folder, target.filename().string(), unique_suffix());
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) throw_io_error(target, "cannot create", errno);
  ::flock(descriptor_, LOCK_EX | LOCK_NB);  // where the file system has no locks, the name alone must do
}

TemporaryFile::~TemporaryFile() {
  if (!placed_) ::unlink(path_.c_str());
  ::close(descriptor_);
}

void TemporaryFile::put_in_place() {
  if (::rename(path_.c_str(), target_.c_str()) != 0) throw_io_error(target_, "cannot rename", errno);
  placed_ = true;
}

std::string Leftovers::text() const {
  if (files == 0) return "";
  return fmt::format("removed {} unfinished file{} of earlier runs ({})", files, files == 1 ? "" : "s",
                     human_bytes(static_cast<double>(bytes)));
}

Leftovers remove_leftovers(const fs::path& folder, int levels) {
  Leftovers removed;
  look_through(
      folder, levels, [](std::string_view) { return true; }, removed);
  return removed;
}

Leftovers remove_leftovers_of(const fs::path& target) {
  const fs::path folder = folder_of(target);
  const std::string name = target.filename().string();
  Leftovers removed;
  look_through(
      folder, 0,
      [&](std::string_view part) { return part == name || (part.size() > 200 && std::string_view(name).starts_with(part)); },
      removed);
  return removed;
}

}  // namespace mien
