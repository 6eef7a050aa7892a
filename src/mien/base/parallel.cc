// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mien {

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work) {
  if (count <= 0) return;
  const std::int64_t wanted = std::min<std::int64_t>(threads > 0 ? threads : available_cores(), count);
  if (wanted == 1) {
    for (std::int64_t i = 0; i < count; ++i) work(i);
    return;
  }
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  // All smaller ones had begun when a call failed: the smallest that fails is the same however fast the threads are.
  std::exception_ptr first;
  std::int64_t first_index = count;
  std::mutex first_mutex;
  const auto run = [&] {
    while (!failed) {
      const std::int64_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(first_mutex);
        if (i < first_index) {
          first_index = i;
          first = std::current_exception();
        }
        failed = true;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::int64_t t = 1; t < wanted; ++t) others.emplace_back(run);
    run();
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace mien
