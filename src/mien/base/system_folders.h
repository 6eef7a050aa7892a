// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mien {

/// True for folders that file systems, archives and network storage put among a user's own: they hold previews, deleted files and
/// other programs' notes, never a class. "__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", and hidden ones
/// (".thumbnails").
bool is_system_folder(std::string_view name);

}  // namespace mien
