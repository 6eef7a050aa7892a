// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mien {

/// Something below a folder that was not taken.
struct LeftOut {
  std::string path;
  std::string reason;  ///< "no picture", "a pipe", "cannot be opened: Permission denied", ...
  bool lost = true;    ///< false: its files are there under another name
};

struct WalkedFiles {
  std::vector<std::string> files;  ///< sorted by name
  std::vector<LeftOut> left_out;   ///< sorted by name
};

/// All regular files below a folder, at any depth. Links to files and folders are followed; each folder is gone into once, under its own
/// name before that of a link, so that loops and several links to one folder end: the second one is left out, not lost. Pipes, sockets
/// and devices, links that lead nowhere and folders that cannot be listed are left out with the reason, and so are folders of the system's
/// own (is_system_folder(), hidden ones excepted) and macOS's "._" files, which hold nothing of the user's. Never throws for what it finds.
WalkedFiles walk_files(const std::filesystem::path& folder);

/// Leaves out the files for which `why_not` gives a reason.
void leave_out(WalkedFiles& walked, const std::function<std::string(const std::string& file)>& why_not);

/// What a pattern with * ? [ matches, sorted (glob(7): hidden names are not matched by * and ?). Folders that cannot be listed on the way
/// are added to `left_out`.
std::vector<std::string> matching_names(const std::string& pattern, std::vector<LeftOut>& left_out);

/// "3 left out: 2 no picture (a.txt, b.txt), 1 a pipe (p)", or "" when there are none; of each reason the first names.
std::string left_out_text(const std::vector<LeftOut>& left_out);
/// Something was lost.
bool any_lost(const std::vector<LeftOut>& left_out);

/// "a pipe", "a socket", "a device" or "a folder" for what is no regular file; "" for files and for what is not there.
std::string special_kind(const std::filesystem::path& path);

}  // namespace mien
