// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/options.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/base/text_encoding.h"
#include "mien/base/utf8.h"

namespace mien {

namespace {

[[noreturn]] void fail_usage(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorCode::usage, message, hint);
}

std::string full_name(const std::string& section, const std::string& name) {
  return section.empty() ? name : section + "." + name;
}

// ---- checks

void check_number(const OptionField& field, double value, const std::string& origin) {
  if (value >= field.min && value <= field.max) return;
  fail_usage(fmt::format("{}: {} = {} is out of range [{}, {}]", origin, full_name(field.section, field.name), value, field.min,
                         field.max));
}

void check_choice(const OptionField& field, const std::string& value, const std::string& origin) {
  if (field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), value) != field.choices.end()) return;
  fail_usage(fmt::format("{}: {} = '{}' is not one of {}", origin, full_name(field.section, field.name), value,
                         join(field.choices, ", ")),
             suggestion(value, field.choices));
}

struct Checker {
  const OptionField& field;
  const std::string& origin;
  void operator()(const bool*) const {}
  void operator()(const std::int64_t* value) const { check_number(field, static_cast<double>(*value), origin); }
  void operator()(const double* value) const { check_number(field, *value, origin); }
  void operator()(const std::string* value) const { check_choice(field, *value, origin); }
  void operator()(const std::vector<double>* values) const {
    for (const double value : *values) check_number(field, value, origin);
  }
  void operator()(const std::vector<std::string>* values) const {
    for (const auto& value : *values) check_choice(field, value, origin);
  }
};

void check_field(const OptionField& field, const std::string& origin) { std::visit(Checker{field, origin}, field.target); }

// ---- from text

bool parse_bool(const std::string& text, const std::string& where) {
  const std::string word = to_lower(trim(text));
  for (const char* yes : {"true", "1", "yes", "on"})
    if (word == yes) return true;
  for (const char* no : {"false", "0", "no", "off"})
    if (word == no) return false;
  fail_usage(fmt::format("{}: expected true or false, found '{}'", where, text));
}

struct TextSetter {
  const std::string& text;
  const std::string& where;
  void operator()(bool* target) const { *target = parse_bool(text, where); }
  void operator()(std::int64_t* target) const { *target = parse_integer(text, where); }
  void operator()(double* target) const { *target = parse_real(text, where); }
  void operator()(std::string* target) const { *target = text; }
  void operator()(std::vector<double>* target) const {
    std::vector<double> values;
    for (const auto& part : csv_fields(text, where)) values.push_back(parse_real(part, where));
    *target = std::move(values);
  }
  void operator()(std::vector<std::string>* target) const { *target = csv_fields(text, where); }
};

// ---- from TOML

std::string type_name(const toml::node& node) { return (std::ostringstream() << node.type()).str(); }

template <typename T>
T toml_value(const toml::node& node, const std::string& where, const char* expected) {
  if constexpr (std::is_same_v<T, double>)
    if (node.is_integer()) return static_cast<double>(**node.as_integer());
  const auto* value = node.as<T>();
  if (!value) fail_usage(fmt::format("{}: expected {}, found {}", where, expected, type_name(node)));
  if constexpr (std::is_same_v<T, std::string>) return unescape_bytes(**value);
  return **value;
}

struct TomlSetter {
  const toml::node& node;
  const std::string& where;
  void operator()(bool* target) const { *target = toml_value<bool>(node, where, "true or false"); }
  void operator()(std::int64_t* target) const { *target = toml_value<std::int64_t>(node, where, "a whole number"); }
  void operator()(double* target) const { *target = toml_value<double>(node, where, "a number"); }
  void operator()(std::string* target) const { *target = toml_value<std::string>(node, where, "a text in quotes"); }
  void operator()(std::vector<double>* target) const { list(target, "a list of numbers"); }
  void operator()(std::vector<std::string>* target) const { list(target, "a list of texts"); }

 private:
  template <typename T>
  void list(std::vector<T>* target, const char* expected) const {
    const auto* array = node.as_array();
    std::vector<T> values;
    if (!array)
      values.push_back(toml_value<T>(node, where, expected));  // one value stands for a list of one
    else
      for (const auto& item : *array) values.push_back(toml_value<T>(item, where, expected));
    *target = std::move(values);
  }
};

std::string line_of(const std::string& origin, const toml::source_region& region) {
  return fmt::format("{}:{}", origin, region.begin.line);
}

bool is_section(const std::vector<OptionField>& fields, const std::string& path) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const OptionField& f) { return f.section == path || f.section.starts_with(path + "."); });
}

[[noreturn]] void unknown_key(const std::vector<OptionField>& fields, const std::string& section, const std::string& key,
                              bool is_table, const std::string& where) {
  std::vector<std::string> known, elsewhere;
  for (const auto& f : fields) {
    if (is_table ? !f.section.empty() : f.section == section) known.push_back(is_table ? f.section : f.name);
    if (!is_table && f.name == key) elsewhere.push_back(f.section.empty() ? "the top level" : "[" + f.section + "]");
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::string place = section.empty() ? "" : fmt::format(" in [{}]", section);
  if (is_table)
    fail_usage(fmt::format("{}: unknown table [{}]", where, full_name(section, key)), suggestion(full_name(section, key), known));
  if (!elsewhere.empty())
    fail_usage(fmt::format("{}: unknown key '{}'{}", where, key, place),
               fmt::format("'{}' belongs in {}.", key, join(elsewhere, ", ")));
  fail_usage(fmt::format("{}: unknown key '{}'{}", where, key, place), suggestion(key, known));
}

void read_table(const std::vector<OptionField>& fields, const toml::table& table, const std::string& section,
                const std::string& origin, OptionTable::Unknown unknown) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string where = line_of(origin, key.source());
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&](const OptionField& f) { return f.section == section && f.name == name; });
    if (field != fields.end()) {
      std::visit(TomlSetter{node, where + ": " + full_name(section, name)}, field->target);
      check_field(*field, where);
    } else if (node.is_table() && is_section(fields, full_name(section, name))) {
      read_table(fields, *node.as_table(), full_name(section, name), origin, unknown);
    } else if (unknown == OptionTable::Unknown::refuse) {
      unknown_key(fields, section, name, node.is_table(), where);
    }
  }
}

// ---- to TOML

/// TOML is UTF-8; paths are bytes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : escape_bytes(text)) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

std::string toml_real(double value) {
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

struct TomlWriter {
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const std::int64_t* value) const { return std::to_string(*value); }
  std::string operator()(const double* value) const { return toml_real(*value); }
  std::string operator()(const std::string* value) const { return quoted(*value); }
  std::string operator()(const std::vector<double>* values) const { return list(*values, toml_real); }
  std::string operator()(const std::vector<std::string>* values) const { return list(*values, quoted); }

 private:
  template <typename T, typename F>
  static std::string list(const std::vector<T>& values, F text) {
    std::vector<std::string> parts;
    for (const auto& value : values) parts.push_back(text(value));
    return "[" + join(parts, ", ") + "]";
  }
};

struct TextWriter {
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const std::int64_t* value) const { return std::to_string(*value); }
  std::string operator()(const double* value) const { return fmt::format("{}", *value); }
  std::string operator()(const std::string* value) const { return *value; }
  std::string operator()(const std::vector<double>* values) const {
    std::vector<std::string> parts;
    for (const double value : *values) parts.push_back(fmt::format("{}", value));
    return join(parts, ",");
  }
  std::string operator()(const std::vector<std::string>* values) const {
    std::vector<std::string> parts;
    for (const auto& value : *values) parts.push_back(csv_field(value));
    return join(parts, ",");
  }
};

}  // namespace

OptionField& OptionTable::add(std::string section, std::string name, OptionField::Target target, std::string help) {
  OptionField field;
  field.section = std::move(section);
  field.name = std::move(name);
  field.target = target;
  field.help = std::move(help);
  return fields_.emplace_back(std::move(field));
}

void OptionTable::read_toml(const std::filesystem::path& file) { read_toml_text(plain_text(read_text(file), file.string()), file.string()); }

void OptionTable::read_toml_text(const std::string& text, const std::string& origin, Unknown unknown) {
  try {
    read_table(fields_, toml::parse(text, origin), "", origin, unknown);
  } catch (const toml::parse_error& error) {
    fail_usage(fmt::format("{}: {}", line_of(origin, error.source()), error.description()));
  }
}

std::string OptionTable::to_toml() const {
  std::vector<std::string> sections;
  for (const auto& field : fields_)
    if (std::find(sections.begin(), sections.end(), field.section) == sections.end()) sections.push_back(field.section);
  std::stable_partition(sections.begin(), sections.end(),
                        [](const std::string& s) { return s.empty(); });  // TOML wants the root first
  std::string out;
  for (const auto& section : sections) {
    if (!out.empty()) out += '\n';
    if (!section.empty()) out += "[" + section + "]\n";
    for (const auto& field : fields_)
      if (field.section == section)
        out += fmt::format("# {}\n{} = {}\n", join(split(field.help, '\n'), "\n# "), field.name,
                           std::visit(TomlWriter{}, field.target));
  }
  return out;
}

void OptionTable::set(const std::string& section, const std::string& name, const std::string& value, const std::string& origin) {
  const auto field =
      std::find_if(fields_.begin(), fields_.end(), [&](const OptionField& f) { return f.section == section && f.name == name; });
  if (field == fields_.end()) unknown_key(fields_, section, name, false, origin);
  try {
    std::visit(TextSetter{value, origin}, field->target);
  } catch (const Error& error) {
    fail_usage(error.what(), error.hint());  // a bad number in a flag is a mistake of usage
  }
  check_field(*field, origin);
}

void OptionTable::check(const std::string& origin) const {
  for (const auto& field : fields_) check_field(field, origin);
}

std::string value_text(const OptionField& field) { return std::visit(TextWriter{}, field.target); }

}  // namespace mien
