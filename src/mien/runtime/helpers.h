// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

namespace mien::runtime {

/// Threads that help whoever has work to share. They sleep while there is none, so that they take nothing from other programs,
/// and nobody waits for one that the system does not let run: who shares works on, and needs no helper to come to the end.
class Helpers {
 public:
  /// Helpers are started when work is shared, and stay. Where the system gives fewer threads, fewer help. A process that was
  /// forked starts its own.
  Helpers();
  ~Helpers();
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;

  /// Calls `work(0)` on the calling thread and `work(1)`, ..., at most `work(lanes - 1)`, each once, on helpers that are free
  /// before work(0) returns. `work` takes its pieces from a common counter until none is left. Returns when all calls have
  /// returned; throws what the first of them threw. May be called by several threads at once, and by none of the helpers.
  void share(int lanes, const std::function<void(int)>& work);

 private:
  struct Gang;
  Gang& gang();

  std::atomic<Gang*> gang_;
};

}  // namespace mien::runtime
