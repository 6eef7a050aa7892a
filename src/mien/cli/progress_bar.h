// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "mien/base/progress.h"

namespace mien::cli {

/// One line about a stage: "epoch 3/14  47 %  1,203/2,560  412/s  3 s left  loss 1.23"; with an unknown total no share and
/// no time left. Never longer than `width` characters (0 = unlimited).
std::string progress_line(const std::string& stage, std::int64_t done, std::int64_t total, double seconds,
                          const std::string& note, int width);

/// Shows progress on stderr: on a terminal one live line, elsewhere a log line now and then and one at each stage's end.
class ProgressBar : public Progress {
 public:
  struct Options {
    bool terminal = false;
    bool silent = false;             ///< show neither progress nor information; warnings stay
    const StopFlag* stop = nullptr;  ///< when set and requested, `advance` throws Error{interrupted}
    std::function<void()> on_begin;  ///< called when a stage begins
    double log_every_s = 10;         ///< elsewhere than on a terminal
    double redraw_every_s = 0.1;     ///< on a terminal
  };
  explicit ProgressBar(const Options& options) : options_(options) {}
  ~ProgressBar() override;

  void begin(const std::string& stage, std::int64_t total) override;
  void advance(std::int64_t done, const std::string& note) override;
  void end(const std::string& summary) override;
  void info(const std::string& message) override;
  void warn(const std::string& message) override;

 private:
  using Clock = std::chrono::steady_clock;
  double seconds_since(Clock::time_point start) const { return std::chrono::duration<double>(Clock::now() - start).count(); }
  void clear();

  Options options_;
  std::string stage_;
  std::int64_t done_ = 0, total_ = 0;
  Clock::time_point started_{}, shown_{};
  bool active_ = false;  ///< between begin and end
  bool drawn_ = false;   ///< a live line stands on the terminal
};

}  // namespace mien::cli
