// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace mien {

/// What a long computation tells its caller. The library never prints: the command line implements this with a bar, a
/// server with a status page, tests with a recorder. Calls come from one thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A new stage of `total` items (0 = unknown) begins, e.g. "epoch 3/14".
  virtual void begin(const std::string& /*stage*/, std::int64_t /*total*/) {}
  /// `done` items of the stage are ready; `note` is a short text such as the running loss.
  virtual void advance(std::int64_t /*done*/, const std::string& /*note*/) {}
  virtual void end(const std::string& /*summary*/) {}
  /// Facts worth a log line.
  virtual void info(const std::string& /*message*/) {}
  virtual void warn(const std::string& /*message*/) {}
};

/// Set from a signal handler; long computations look at it between steps and stop in good order.
class StopFlag {
 public:
  void request() { stop_.store(true, std::memory_order_relaxed); }
  bool requested() const { return stop_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> stop_{false};
};

}  // namespace mien
