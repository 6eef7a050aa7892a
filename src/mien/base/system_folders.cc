// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/system_folders.h"

#include <algorithm>
#include <iterator>

#include "mien/base/text.h"

namespace mien {

bool is_system_folder(std::string_view name) {
  static constexpr std::string_view names[] = {"__macosx",     "@eadir",     "@tmp",
                                               "@__thumb",     "#recycle",   "#snapshot",
                                               "$recycle.bin", "recycler",   "system volume information",
                                               "lost+found",   "__pycache__"};
  return name.starts_with('.') || std::find(std::begin(names), std::end(names), to_lower(name)) != std::end(names);
}

}  // namespace mien
