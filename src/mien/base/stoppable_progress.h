// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/error.h"
#include "mien/base/progress.h"

namespace mien {

/// Passes on what it is told, with a text before the stages and warnings, such as the name of a run.
class PrefixedProgress : public Progress {
 public:
  PrefixedProgress(Progress& inner, std::string prefix) : inner_(inner), prefix_(std::move(prefix)) {}

  void begin(const std::string& stage, std::int64_t total) override { inner_.begin(prefix_ + stage, total); }
  void advance(std::int64_t done, const std::string& note) override { inner_.advance(done, note); }
  void end(const std::string& summary) override { inner_.end(summary); }
  void info(const std::string& message) override { inner_.info(message); }
  void warn(const std::string& message) override { inner_.warn(prefix_ + message); }

 private:
  Progress& inner_;
  std::string prefix_;
};

/// Ends work that looks at no StopFlag itself: `advance` throws Error{interrupted}.
class StoppableProgress : public PrefixedProgress {
 public:
  StoppableProgress(Progress& inner, std::string prefix, const StopFlag& stop)
      : PrefixedProgress(inner, std::move(prefix)), stop_(stop) {}

  void advance(std::int64_t done, const std::string& note) override {
    if (stop_.requested()) throw Error(ErrorCode::interrupted, "interrupted");
    PrefixedProgress::advance(done, note);
  }

 private:
  const StopFlag& stop_;
};

}  // namespace mien
