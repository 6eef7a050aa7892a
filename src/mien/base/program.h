// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace mien {

/// Open files that become the standard streams of a program. They stay the caller's. -1: /dev/null.
struct StandardStreams {
  int in = -1, out = -1, err = -1;
};

/// Starts a program, looked up in PATH, without a shell. It ends when we end. Throws Error{io}.
/// @param in_background  Ctrl-C is not for it, only for us
pid_t start_program(const std::vector<std::string>& command, const StandardStreams& streams, bool in_background = false);

/// Waits until the program ends. Returns its exit code, 127 when it could not be started, 128 + the signal that ended it.
int wait_for_program(pid_t program);

}  // namespace mien
