// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/file_walk.h"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "mien/base/system_folders.h"
#include "mien/base/text.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamed = 3;  ///< of each reason

std::string kind_name(fs::file_type type) {
  switch (type) {
    case fs::file_type::fifo: return "a pipe";
    case fs::file_type::socket: return "a socket";
    case fs::file_type::block:
    case fs::file_type::character: return "a device";
    case fs::file_type::directory: return "a folder";
    default: return "";
  }
}

class Walk {
 public:
  WalkedFiles run(const fs::path& root) {
    folders_.push_back(root);
    while (!folders_.empty() || !links_.empty()) {
      if (folders_.empty()) std::swap(folders_, links_);
      std::vector<fs::path> now = std::exchange(folders_, {});
      std::sort(now.begin(), now.end());
      for (const fs::path& folder : now) enter(folder);
    }
    std::sort(found_.files.begin(), found_.files.end());
    std::sort(found_.left_out.begin(), found_.left_out.end(), [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  void leave(const fs::path& path, std::string reason, bool lost = true) { found_.left_out.push_back({path.string(), std::move(reason), lost}); }

  void enter(const fs::path& folder) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) return leave(folder, fmt::format("cannot be opened: {}", std::strerror(errno)));
    const auto [earlier, is_new] = entered_.emplace(Identity{info.st_dev, info.st_ino}, folder.string());
    if (!is_new) return leave(folder, fmt::format("the folder {} again", earlier->second), false);
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) take(*entry);
    if (error) leave(folder, fmt::format("the folder cannot be listed: {}", error.message()));
  }

  void take(const fs::directory_entry& entry) {
    std::error_code error;
    const bool is_link = entry.is_symlink(error);
    const fs::file_type type = entry.status(error).type();
    const fs::path& path = entry.path();
    const std::string name = path.filename().string();
    if (type == fs::file_type::directory && is_system_folder(name) && !name.starts_with('.')) leave(path, "a folder of the system's own", false);
    else if (type == fs::file_type::regular && name.starts_with("._")) leave(path, "a note of macOS about a file", false);
    else if (type == fs::file_type::regular) found_.files.push_back(path.string());
    else if (type == fs::file_type::directory) (is_link ? links_ : folders_).push_back(path);
    else if (const std::string kind = kind_name(type); !kind.empty()) leave(path, kind);
    else if (is_link && type == fs::file_type::not_found) leave(path, "a link that leads nowhere");
    else leave(path, fmt::format("cannot be opened: {}", error ? error.message() : "of unknown kind"));
  }

  WalkedFiles found_;
  std::vector<fs::path> folders_, links_;  ///< still to go into
  std::map<Identity, std::string> entered_;
};

thread_local std::vector<LeftOut>* pattern_errors = nullptr;

int keep_pattern_error(const char* path, int code) {
  if (code != ENOENT && code != ENOTDIR) pattern_errors->push_back({path, fmt::format("the folder cannot be listed: {}", std::strerror(code)), true});
  return 0;
}

}  // namespace

WalkedFiles walk_files(const fs::path& folder) { return Walk().run(folder); }

void leave_out(WalkedFiles& walked, const std::function<std::string(const std::string&)>& why_not) {
  std::vector<std::string> kept;
  for (auto& file : walked.files) {
    std::string reason = why_not(file);
    if (reason.empty()) kept.push_back(std::move(file));
    else walked.left_out.push_back({std::move(file), std::move(reason), true});
  }
  walked.files = std::move(kept);
  std::stable_sort(walked.left_out.begin(), walked.left_out.end(), [](const LeftOut& a, const LeftOut& b) { return a.path < b.path; });
}

std::vector<std::string> matching_names(const std::string& pattern, std::vector<LeftOut>& left_out) {
  glob_t found{};
  pattern_errors = &left_out;
  const int status = ::glob(pattern.c_str(), 0, keep_pattern_error, &found);
  std::vector<std::string> names(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  ::globfree(&found);
  return names;
}

std::string left_out_text(const std::vector<LeftOut>& left_out) {
  if (left_out.empty()) return "";
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const LeftOut& one : left_out) by_reason[one.reason].push_back(one.path);
  std::vector<std::string> parts;
  for (const auto& [reason, paths] : by_reason) {
    const std::vector<std::string> named(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, paths.size())));
    parts.push_back(fmt::format("{} {} ({}{})", with_commas(static_cast<long long>(paths.size())), reason, join(named, ", "),
                                paths.size() > kNamed ? ", ..." : ""));
  }
  return fmt::format("{} left out: {}", with_commas(static_cast<long long>(left_out.size())), join(parts, ", "));
}

bool any_lost(const std::vector<LeftOut>& left_out) {
  return std::any_of(left_out.begin(), left_out.end(), [](const LeftOut& one) { return one.lost; });
}

std::string special_kind(const fs::path& path) {
  std::error_code unknown;
  return kind_name(fs::status(path, unknown).type());
}

}  // namespace mien
