// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/progress_bar.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/base/utf8.h"

namespace mien::cli {

namespace {

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string rate_text(double per_second) {
  if (per_second >= 10) return fmt::format("{}/s", with_commas(static_cast<long long>(per_second)));
  return per_second >= 0.1 ? fmt::format("{:.1f}/s", per_second) : fmt::format("{} each", human_duration(1 / per_second));
}

/// Cuts at a character's border, not inside a UTF-8 sequence.
std::string clipped(std::string text, int width) {
  if (width <= 0 || text.size() <= static_cast<std::size_t>(width)) return text;
  auto end = static_cast<std::size_t>(width);
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::string progress_line(const std::string& stage, std::int64_t done, std::int64_t total, double seconds,
                          const std::string& note, int width) {
  std::string line = stage;
  if (total > 0)
    line += fmt::format("  {} %  {}/{}", 100 * std::min(done, total) / total, with_commas(done), with_commas(total));
  else
    line += fmt::format("  {}", with_commas(done));
  if (done > 0 && seconds > 0) {
    const double per_second = static_cast<double>(done) / seconds;
    line += fmt::format("  {}", rate_text(per_second));
    if (total > done) line += fmt::format("  {} left", human_duration(static_cast<double>(total - done) / per_second));
  }
  if (!note.empty()) line += fmt::format("  {}", note);
  return clipped(std::move(line), width);
}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void ProgressBar::begin(const std::string& stage, std::int64_t total) {
  stage_ = stage;
  total_ = total;
  done_ = 0;
  started_ = shown_ = Clock::now();
  active_ = true;
  if (options_.on_begin) options_.on_begin();
}

void ProgressBar::advance(std::int64_t done, const std::string& note) {
  done_ = done;
  if (options_.stop && options_.stop->requested())
    throw Error(ErrorCode::interrupted, fmt::format("interrupted during '{}' at {}", stage_, with_commas(done)));
  if (options_.silent || seconds_since(shown_) < (options_.terminal ? options_.redraw_every_s : options_.log_every_s)) return;
  shown_ = Clock::now();
  const std::string line = progress_line(shown_text(stage_), done, total_, seconds_since(started_), shown_text(note),
                                         options_.terminal ? terminal_width() - 1 : 0);
  if (options_.terminal) {
    std::fputs(("\r" + line + "\x1b[K").c_str(), stderr);
    drawn_ = true;
  } else {
    spdlog::info("{}", line);
  }
}

void ProgressBar::end(const std::string& summary) {
  clear();
  if (!options_.silent && active_) {
    const std::string facts = summary.empty() ? with_commas(done_) + " done" : summary;
    spdlog::info("{}", shown_text(fmt::format("{}: {} ({})", stage_, facts, human_duration(seconds_since(started_)))));
  }
  active_ = false;
}

void ProgressBar::info(const std::string& message) {
  clear();
  spdlog::info("{}", shown_text(message));
}

void ProgressBar::warn(const std::string& message) {
  clear();
  spdlog::warn("warning: {}", shown_text(message));
}

}  // namespace mien::cli
