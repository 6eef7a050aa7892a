// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mien {

/// The text as one word of a shell command (bash, zsh, ksh): as it is where nothing in it means something to a shell, else in
/// quotes; control characters and bytes that are no UTF-8 as $'\x1b', so that the command can be printed and copied.
std::string shell_word(std::string_view text);
/// The words joined by blanks.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace mien
