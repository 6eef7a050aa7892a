// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/progress.h"

namespace mien::cli {

/// What every command shares: the common flags, where results go, and how to stop. Lives in main for the whole run.
struct Session {
  std::string format = "text";  ///< --format: text | json | csv, for results on stdout
  bool quiet = false;           ///< -q: no progress and no information, only warnings and errors
  int verbose = 0;              ///< -v: more log lines
  std::string models;           ///< --models: folder with the models that come with mien, looked in first
  std::string command_line;     ///< as typed, for run records
  StopFlag stop;                ///< set by SIGINT, SIGTERM and SIGHUP
  /// Set by the chosen command while the flags are parsed; main runs it afterwards. Returns the exit code.
  std::function<int()> action;

  bool json() const { return format == "json"; }
  bool csv() const { return format == "csv"; }
};

/// Writes a result to stdout by write_output(); adds the final newline when it lacks one.
void print_result(const std::string& text);

/// Logs the command to try next as the last line, on stderr.
void suggest_next(const std::string& command);

/// The progress display; from its first stage on the command promises to stop in good order. When `stoppable`, `advance` throws
/// Error{interrupted} after a signal: for work that looks at no StopFlag itself and has no state to save. A step of it that
/// takes longer is cut off after a second: files appear as a whole or not at all, and the next run removes what is left.
std::unique_ptr<Progress> make_progress(Session& session, bool stoppable);

/// Logs to stderr by spdlog; levels follow -q and -v.
void start_logging(const Session& session);

/// SIGINT, SIGTERM and SIGHUP (unless it is ignored, as nohup does) ask `flag` to stop. The second one, and any before work has
/// begun, ends the program at once with 130.
void stop_on_signals(StopFlag& flag);

/// Refuses formats that a command does not write. Throws Error{usage}.
void require_format(const Session& session, const std::vector<std::string>& supported, const std::string& command);

}  // namespace mien::cli
