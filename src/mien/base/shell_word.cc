// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/shell_word.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/utf8.h"

namespace mien {
namespace {

bool means_nothing(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
         std::string_view("-_./:,=+@%").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

/// $'...', which a shell of POSIX 2024 turns into the same bytes.
std::string in_dollar_quotes(std::string_view text) {
  std::string result = "$'";
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = std::max<std::size_t>(utf8_character(text, i), 1);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_control(byte) || utf8_character(text, i) == 0)
      result += fmt::format("\\{:03o}", byte);  // three digits at most: what follows cannot join in
    else if (byte == '\'' || byte == '\\')
      result += std::string("\\") + text[i];
    else
      result += text.substr(i, size);
    i += size;
  }
  return result + "'";
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (!is_utf8(text) || std::any_of(text.begin(), text.end(), is_control)) return in_dollar_quotes(text);
  const bool plain = !text.empty() && text.front() != '=' && std::all_of(text.begin(), text.end(), means_nothing);  // zsh: =program
  if (plain) return std::string(text);
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string command;
  for (const auto& word : words) command += (command.empty() ? "" : " ") + shell_word(word);
  return command;
}

}  // namespace mien
