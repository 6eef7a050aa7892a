// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace mien::runtime_bench {

/// Threads that compute without end for as long as this lives: the other programs of a busy machine.
class BusyLoops {
 public:
  explicit BusyLoops(int count);
  BusyLoops(const BusyLoops&) = delete;
  BusyLoops& operator=(const BusyLoops&) = delete;
  ~BusyLoops();
  /// Turns of all loops so far.
  long turns() const { return turns_.load(); }

 private:
  std::atomic<bool> ends_{false};
  std::atomic<long> turns_{0};
  std::vector<std::thread> threads_;
};

}  // namespace mien::runtime_bench
