// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/class_names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "mien/base/text.h"

namespace mien {
namespace {

constexpr std::size_t longest_name = 200;
constexpr double largest_number = 99'999;

std::optional<double> number_of(const std::string& label) {
  const std::string text = trim(label);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc::result_out_of_range ? std::numeric_limits<double>::infinity() : value;
}

}  // namespace

std::string class_name_problem(const std::string& name) {
  if (trim(name).empty()) return "it is empty";
  if (name == "." || name == "..") return "it is the name of a folder's parent or of the folder itself";
  if (name.find_first_of("/\\") != std::string::npos) return "it holds a slash";
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return "it holds a control character";
  if (name.size() > longest_name) return "it is longer than 200 bytes";
  return "";
}

bool means_missing(const std::string& label) {
  const std::string word = to_lower(trim(label));
  for (const char* missing : {"nan", "null", "none", "na", "n/a", "<na>", "#n/a", "<null>"})
    if (word == missing) return true;
  return false;
}

std::optional<int> class_number(const std::string& label) {
  const auto value = number_of(label);
  const bool counts = value && *value >= 0 && *value <= largest_number && *value == std::floor(*value) &&
                      label.find_first_of("eE-") == std::string::npos;
  return counts ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

bool is_other_number(const std::string& label) { return number_of(label) && !class_number(label) && !means_missing(label); }

}  // namespace mien
