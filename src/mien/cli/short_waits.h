// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mien::cli {

/// Gives the environment back as the program was started with. OpenMP reads once, while the program is loaded, how long its threads
/// look for work before they sleep; GNU's runtime does so for milliseconds, in which another program on the machine could compute and
/// the thread that is waited for cannot. Before that, short_waits.cc puts GOMP_SPINCOUNT for 0.6 ms in the place of a variable that
/// nothing reads meanwhile (the shell's "_", PWD, ...). Where the user set OMP_WAIT_POLICY or GOMP_SPINCOUNT, or no such variable is
/// there, nothing is changed. Call it first in main(): programs that we start see the user's environment.
/// Returns what OpenMP was told ("GOMP_SPINCOUNT=..."), or "".
const char* restore_environment();

}  // namespace mien::cli
