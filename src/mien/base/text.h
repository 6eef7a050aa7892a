// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mien {

std::string to_lower(std::string_view text);
std::string trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The candidate with the smallest edit distance to `word`, or "" when none is closer than half of the word's length.
std::string nearest_name(const std::string& word, const std::vector<std::string>& candidates);

/// "Did you mean 'x'?" or, when nothing is near, "Known: a, b, c."
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);

/// Whole-text conversions; throw Error{bad_data} that quotes `text` and names `where` ("labels.csv:12").
long long parse_integer(std::string_view text, const std::string& where);
double parse_real(std::string_view text, const std::string& where);

/// Digits grouped for people: 1275293 -> "1,275,293".
std::string with_commas(long long value);
/// Seconds as "42 s", "3 min 20 s", "2 h 05 min".
std::string human_duration(double seconds);
/// Bytes as "8.2 MB" (powers of 1000).
std::string human_bytes(double bytes);

}  // namespace mien
