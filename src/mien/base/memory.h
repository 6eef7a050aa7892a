// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mien {

/// From now on the process keeps the memory that it frees instead of returning it to the kernel, so that the big buffers of
/// one training step are used again by the next. By default glibc maps every block of more than 32 MiB anew, and clearing
/// its pages costs more than most operations on it. Does nothing with other C libraries.
void keep_freed_memory();

}  // namespace mien
