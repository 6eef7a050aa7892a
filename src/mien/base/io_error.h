// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace mien {

/// Throws Error{io} "FILE: ACTION: the system's words for `code`", with a hint for a full disk, missing rights, a missing folder
/// and a name that is too long. @param code  an errno
[[noreturn]] void throw_io_error(const std::filesystem::path& file, const std::string& action, int code);

/// The hint alone; "" where there is nothing to do.
std::string io_hint(const std::filesystem::path& file, int code);

}  // namespace mien
