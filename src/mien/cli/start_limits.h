// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mien::cli {

/// Threads that can be there at once are tried out: where the system allows fewer than the work may start (a limit of processes,
/// of a container, of memory), libraries hang or end the program without a word. Throws Error{io} that says how many there could
/// be. Linking this also guards the time before main(): libraries that are given too little address space to be loaded and
/// started would wait for ever or crash; the program ends with an error instead (start_limits.cc).
void check_thread_limit();

/// The same for a number of threads. Returns how many of them could be started.
int startable_threads(int wanted);

}  // namespace mien::cli
