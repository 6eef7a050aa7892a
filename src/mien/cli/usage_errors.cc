// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/usage_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "mien/base/text.h"

namespace mien::cli {

namespace {

/// The app and the commands chosen below it.
std::vector<const CLI::App*> chosen_apps(const CLI::App& app) {
  std::vector<const CLI::App*> chain{&app};
  while (!chain.back()->get_subcommands().empty()) chain.push_back(chain.back()->get_subcommands().front());
  return chain;
}

std::string full_command(const std::vector<const CLI::App*>& chain) {
  std::string text;
  for (const auto* app : chain) text += (text.empty() ? "" : " ") + app->get_name();
  return text;
}

std::vector<std::string> flags_of(const std::vector<const CLI::App*>& chain) {
  std::vector<std::string> names;
  for (const auto* app : chain)
    for (const auto* option : app->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  return names;
}

Error unknown_flag(const std::vector<const CLI::App*>& chain, const std::string& argument) {
  const std::string flag = argument.substr(0, argument.find('='));
  const std::string near = nearest_name(flag, flags_of(chain));
  return {
      ErrorCode::usage, fmt::format("unknown flag '{}'", flag),
      near.empty() ? fmt::format("'{} --help' lists the flags.", full_command(chain)) : fmt::format("Did you mean '{}'?", near)};
}

Error unexpected_word(const std::vector<const CLI::App*>& chain, const std::string& word) {
  const auto commands = commands_of(*chain.back());
  if (commands.empty())
    return {ErrorCode::usage, fmt::format("unexpected argument '{}'", word),
            fmt::format("See '{} --help'.", full_command(chain))};
  return {ErrorCode::usage, fmt::format("unknown command '{} {}'", full_command(chain), word), suggestion(word, commands)};
}

}  // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto chain = chosen_apps(app);
  const bool bad_value = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ValidationError) ||
                         error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ConversionError) ||
                         error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ArgumentMismatch);
  const auto remaining = app.remaining(true);
  const auto is_flag = [](const std::string& text) { return text.size() > 1 && text[0] == '-'; };
  const auto flag = std::find_if(remaining.begin(), remaining.end(), is_flag);
  if (!bad_value && flag != remaining.end()) return unknown_flag(chain, *flag);
  if (!bad_value && !remaining.empty()) return unexpected_word(chain, remaining.front());
  const auto commands = commands_of(*chain.back());
  if (!bad_value && !commands.empty())
    return {ErrorCode::usage, fmt::format("'{}' needs a command", full_command(chain)),
            fmt::format("One of: {}.", join(commands, ", "))};
  return {ErrorCode::usage, error.what(), fmt::format("See '{} --help'.", full_command(chain))};
}

}  // namespace mien::cli
