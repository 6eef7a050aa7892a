// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace mien {

/// The number of usable cores (affinity respected), at least 1.
int available_cores();

/// Calls `work(i)` for i in [0,count) on up to `threads` threads (0 = all cores), in no particular order. The first
/// exception thrown by `work` is rethrown after all threads have stopped.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work);

}  // namespace mien
