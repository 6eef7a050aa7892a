// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/base/flag_names.h"
#include "mien/base/text.h"
#include "mien/cli/locations.h"

namespace mien::cli {

namespace {

constexpr std::size_t longest_type_name = 40;  ///< longer lists of choices go into the description

std::string choices_text(const OptionField& field) {
  std::vector<std::string> shown;
  for (const auto& choice : field.choices)
    if (!choice.empty()) shown.push_back(choice);
  return join(shown, ",");
}

std::string type_name(const OptionField& field) {
  const std::string choices = choices_text(field);
  if (!choices.empty() && choices.size() <= longest_type_name) return "{" + choices + "}";
  static const char* const names[] = {"", "INT", "REAL", "TEXT", "REAL,...", "TEXT,..."};
  return names[field.target.index()];
}

std::string range_text(const OptionField& field) {
  if (std::isinf(field.min) && std::isinf(field.max)) return {};
  if (std::isinf(field.max)) return fmt::format("at least {:g}", field.min);
  if (std::isinf(field.min)) return fmt::format("at most {:g}", field.max);
  return fmt::format("{:g} to {:g}", field.min, field.max);
}

std::string description(const OptionField& field) {
  std::vector<std::string> facts;
  const std::string value = value_text(field), range = range_text(field);
  if (!value.empty()) facts.push_back("default " + value);
  if (!range.empty()) facts.push_back(range);
  if (const auto choices = choices_text(field); choices.size() > longest_type_name) facts.push_back("one of " + choices);
  return field.help + (facts.empty() ? "" : " (" + join(facts, "; ") + ")");
}

bool is_list(const OptionField& field) {
  return std::holds_alternative<std::vector<std::string>*>(field.target) || std::holds_alternative<std::vector<double>*>(field.target);
}

}  // namespace

std::string refuse_flag_as_value(const std::string& value) {
  return value.starts_with("--") ? fmt::format("a value is missing before '{}'", value) : std::string{};
}

OptionFlags::OptionFlags(CLI::App& app, OptionTable& table, Files files) : table_(table) {
  if (files == Files::config_and_recipe)
    app.add_option("--recipe", recipe_, "TOML file, or the name of a recipe, with settings to start from")
        ->type_name("FILE")
        ->check(refuse_flag_as_value);
  app.add_option("--config", config_, "TOML file with settings; flags win over it")
      ->type_name("FILE")
      ->check(refuse_flag_as_value);
  const auto names = flag_names(table.fields());
  for (std::size_t i = 0; i < names.size(); ++i) add_flag(app, table.fields()[i], names[i]);
}

void OptionFlags::add_flag(CLI::App& app, const OptionField& field, const std::string& name) {
  Flag& flag = flags_.emplace_back(Flag{&field, "--" + name, {}});
  if (std::holds_alternative<bool*>(field.target))
    add_switch(app, flag, name);
  else
    flag.option =
        app.add_option(flag.flag, flag.text, description(field))->type_name(type_name(field))->check(refuse_flag_as_value);
  if (is_list(field))
    flag.option->delimiter(',')->multi_option_policy(CLI::MultiOptionPolicy::Join);  // --exclude a --exclude b = --exclude a,b
  else
    flag.option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (!field.section.empty()) flag.option->group(field.section);
}

void OptionFlags::add_switch(CLI::App& app, Flag& flag, const std::string& name) {
  const bool on = *std::get<bool*>(flag.field->target);
  const std::string help = flag.field->help + (on ? fmt::format(" (default on; --no-{} turns it off)", name) : "");
  flag.option = app.add_flag(flag.flag, flag.text, help);
  flag.negation = app.add_flag_callback("--no-" + name, [&flag] { flag.text = "false"; });
  flag.negation->group("");  // not in the help: the flag itself tells of it
}

void OptionFlags::apply() {
  if (!recipe_.empty()) table_.read_toml(find_installed("recipes", recipe_, ".toml"));
  if (!config_.empty()) table_.read_toml(config_);
  for (const auto& flag : flags_)
    if (flag.given()) table_.set(flag.field->section, flag.field->name, flag.text, flag.flag);
}

bool OptionFlags::given(const std::string& section, const std::string& name) const {
  return std::any_of(flags_.begin(), flags_.end(), [&](const Flag& flag) {
    return flag.field->section == section && flag.field->name == name && flag.given();
  });
}

}  // namespace mien::cli
