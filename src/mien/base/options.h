// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace mien {

/// One field of an option struct: where it lives, what it is called, what it may hold.
struct OptionField {
  using Target = std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<double>*, std::vector<std::string>*>;
  std::string section;  ///< TOML table, e.g. "optimizer"
  std::string name;     ///< snake_case key in the table; the flag is --name with dashes
  Target target;
  std::string help;     ///< one sentence with the unit
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;  ///< allowed texts; empty = any
  bool decides_result = true;        ///< false: speed, memory, places, names
  bool is_path = false;              ///< of a file or folder: what stands there decides, not where it lies

  OptionField& range(double low, double high) { min = low; max = high; return *this; }
  OptionField& one_of(std::vector<std::string> values) { choices = std::move(values); return *this; }
  OptionField& no_effect_on_result() { decides_result = false; return *this; }
  OptionField& path() { is_path = true; return *this; }
  std::string full_name() const { return section + "." + name; }
};

/// The single description of the option structs behind a command: it feeds the flags, TOML reading and writing, help,
/// range checks and the documentation. It points into the structs, which must outlive it.
class OptionTable {
 public:
  OptionField& add(std::string section, std::string name, OptionField::Target target, std::string help);
  const std::vector<OptionField>& fields() const { return fields_; }

  /// What to do with tables and keys that are not described here.
  enum class Unknown { refuse, ignore };

  /// Sets the fields named in a TOML file. An unknown table or key throws Error{usage} that names the file, the line and
  /// the nearest known name; so do wrong types and values out of range.
  void read_toml(const std::filesystem::path& file);
  void read_toml_text(const std::string& text, const std::string& origin, Unknown unknown = Unknown::refuse);
  /// Every field with its present value, grouped by section, with the help as comments.
  std::string to_toml() const;
  /// Sets one field from text (as a flag does). `origin` is named in errors.
  void set(const std::string& section, const std::string& name, const std::string& value, const std::string& origin);
  /// Throws Error{usage} for the first field whose value is out of range or not among its choices.
  void check(const std::string& origin) const;

 private:
  std::vector<OptionField> fields_;
};

/// The present value of a field as text, the form that `OptionTable::set` reads back.
std::string value_text(const OptionField& field);

}  // namespace mien
