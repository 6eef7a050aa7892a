// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace mien {

/// The names of a list of files, in order: one a line (LF or CRLF; blank lines are passed over), or separated by NULs as `find -print0`
/// writes them. Names may hold any bytes; a byte order mark and UTF-16 are understood. A line with blanks at its ends stands for the
/// file of that very name where there is one, else for the name without them. `name` is the list's, for messages. Throws
/// Error{bad_file} for damaged UTF-16, Error{io} when the list cannot be read.
std::vector<std::string> read_file_list(std::istream& list, const std::string& name);

}  // namespace mien
