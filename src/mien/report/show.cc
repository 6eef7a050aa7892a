// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/any_error.h"
#include "mien/base/text.h"

namespace mien {

std::string show_or_say(const std::string& what, const std::function<void()>& show) {
  try {
    show();
    return "";
  } catch (...) {
    const Error error = to_error(std::current_exception());
    if (error.code() == ErrorCode::interrupted) throw;
    return fmt::format("{} was left out: {}", what, error.what());
  }
}

std::string write_or_say(const std::filesystem::path& file, const std::function<void()>& write) {
  const std::string note = show_or_say(file.filename().string(), write);
  std::error_code ignored;
  if (!note.empty()) std::filesystem::remove(file, ignored);
  return note;
}

std::string joined_notes(const std::vector<std::string>& notes) {
  std::vector<std::string> said;
  for (const auto& note : notes)
    if (!note.empty() && std::find(said.begin(), said.end(), note) == said.end()) said.push_back(note);
  constexpr std::size_t most = 5;
  if (said.size() <= most) return join(said, "; ");
  const std::size_t more = said.size() - most;
  said.resize(most);
  return fmt::format("{}; and {} more", join(said, "; "), with_commas(static_cast<long long>(more)));
}

}  // namespace mien
