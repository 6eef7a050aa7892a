// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "mien/base/error.h"

namespace mien {

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i) out += separator;
    out += parts[i];
  }
  return out;
}

namespace {

/// Edit distance where swapping two neighbours counts as one edit, as typing mistakes do.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = word.size();
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(to_lower(word), to_lower(candidate));
    if (2 * distance < word.size() && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = nearest_name(word, candidates);
  if (!near.empty()) return fmt::format("Did you mean '{}'?", near);
  return fmt::format("Known: {}.", join(candidates, ", "));
}

long long parse_integer(std::string_view text, const std::string& where) {
  const std::string body = trim(text);
  const char* begin = body.data() + (body.size() > 1 && body[0] == '+' && body[1] != '-');
  long long value = 0;
  const auto [end, code] = std::from_chars(begin, body.data() + body.size(), value);
  if (code == std::errc::result_out_of_range)
    throw Error(ErrorCode::bad_data, fmt::format("{}: '{}' is too large for a whole number", where, text));
  if (code != std::errc() || end != body.data() + body.size())
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected a whole number, found '{}'", where, text));
  return value;
}

double parse_real(std::string_view text, const std::string& where) {
  const std::string body = trim(text);
  const char* begin = body.data() + (body.size() > 1 && body[0] == '+' && body[1] != '-');
  double value = 0;
  const auto [end, code] = std::from_chars(begin, body.data() + body.size(), value);
  if (code != std::errc() || end != body.data() + body.size())
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected a number, found '{}'", where, text));
  return value;
}

std::string with_commas(long long value) {
  const bool negative = value < 0;
  std::string digits = std::to_string(value).substr(negative);
  for (auto i = static_cast<long long>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<std::size_t>(i), 1, ',');
  return (negative ? "-" : "") + digits;
}

std::string human_duration(double seconds) {
  if (!(seconds >= 0)) return "?";
  if (seconds > 1e9) return "more than 30 years";
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string human_bytes(double bytes) {
  constexpr const char* units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (std::abs(bytes) >= (unit ? 999.95 : 1000) && unit + 1 < std::size(units)) {
    bytes /= 1000;
    ++unit;
  }
  return unit ? fmt::format("{:.1f} {}", bytes, units[unit]) : fmt::format("{:.0f} {}", bytes, units[0]);
}

}  // namespace mien
