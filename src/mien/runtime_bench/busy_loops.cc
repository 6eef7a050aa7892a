// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/busy_loops.h"

namespace mien::runtime_bench {

BusyLoops::BusyLoops(int count) {
  for (int i = 0; i < count; ++i)
    threads_.emplace_back([this] {
      while (!ends_.load(std::memory_order_relaxed)) {
        volatile int work = 0;
        for (int i = 0; i < 10000; ++i) work = i;
        turns_.fetch_add(work > 0 ? 1 : 0, std::memory_order_relaxed);
      }
    });
}

BusyLoops::~BusyLoops() {
  ends_ = true;
  for (auto& thread : threads_) thread.join();
}

}  // namespace mien::runtime_bench
