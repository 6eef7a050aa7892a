// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/session.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/cli/progress_bar.h"
#include "mien/cli/standard_output.h"

namespace mien::cli {

namespace {

StopFlag* signalled_flag = nullptr;
volatile std::sig_atomic_t stops_in_order = 0;  ///< work has begun that looks at the flag
volatile std::sig_atomic_t has_time = 0;        ///< its good order may take longer than kGrace_s: a state is saved
constexpr unsigned kGrace_s = 1;

void end_at_once(int) {
  constexpr char message[] = "error: interrupted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message, sizeof message - 1);
  _exit(130);
}

void on_signal(int signal) {
  if (!stops_in_order || signalled_flag->requested()) return end_at_once(signal);
  signalled_flag->request();
  if (!has_time) ::alarm(kGrace_s);  // a step of the work may take minutes; what it has written stays whole
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void print_result(const std::string& text) {
  write_output(text.empty() || text.back() != '\n' ? text + "\n" : text);
}

void suggest_next(const std::string& command) { spdlog::info("next: {}", command); }

std::unique_ptr<Progress> make_progress(Session& session, bool stoppable) {
  has_time = stoppable ? 0 : 1;
  ProgressBar::Options options;
  options.terminal = isatty(STDERR_FILENO) == 1;
  options.silent = session.quiet;
  options.stop = stoppable ? &session.stop : nullptr;
  options.on_begin = [] { stops_in_order = 1; };
  return std::make_unique<ProgressBar>(options);
}

void start_logging(const Session& session) {
  auto logger = spdlog::get("mien");
  if (!logger) logger = spdlog::stderr_color_mt("mien");
  logger->set_pattern(session.verbose > 0 ? "%H:%M:%S.%e %^%l%$ %v" : "%v");
  logger->set_level(session.quiet ? spdlog::level::warn : session.verbose > 0 ? spdlog::level::debug : spdlog::level::info);
  spdlog::set_default_logger(logger);
}

void stop_on_signals(StopFlag& flag) {
  signalled_flag = &flag;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!is_ignored(SIGHUP)) sigaction(SIGHUP, &action, nullptr);  // nohup asks to go on without a terminal
  action.sa_handler = end_at_once;
  sigaction(SIGALRM, &action, nullptr);
}

void require_format(const Session& session, const std::vector<std::string>& supported, const std::string& command) {
  if (std::find(supported.begin(), supported.end(), session.format) != supported.end()) return;
  throw Error(ErrorCode::usage, fmt::format("'{}' cannot write its result as {}", command, session.format),
              fmt::format("Use --format {}.", join(supported, " or --format ")));
}

}  // namespace mien::cli
