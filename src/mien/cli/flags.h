// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <deque>
#include <filesystem>
#include <map>
#include <string>

#include "mien/base/options.h"

namespace mien::cli {

/// Turns an OptionTable into flags of a command: `batch_size` becomes --batch-size, in a help group named after its section,
/// with default and range. Where several sections use one name, the last keeps the short flag and the others get their
/// section in front (--data-seed): commands describe their parts first and themselves last. [data] spec is --data. Fields
/// of type bool also have a --no-... form. Also adds --config (and --recipe).
///
/// Precedence: defaults < recipe < config file < flags. Nothing is set while the command line is parsed; `apply` does it in
/// that order afterwards. The table and the structs that it points into must outlive this object, and it must not move.
class OptionFlags {
 public:
  enum class Files { config, config_and_recipe };
  OptionFlags(CLI::App& app, OptionTable& table, Files files = Files::config);
  OptionFlags(const OptionFlags&) = delete;
  OptionFlags& operator=(const OptionFlags&) = delete;

  /// Throws Error{usage} or Error{not_found}.
  void apply();
  /// True when the flag of this field stands on the command line.
  bool given(const std::string& section, const std::string& name) const;

 private:
  struct Flag {
    const OptionField* field;
    std::string flag;
    std::string text;
    CLI::Option* option = nullptr;
    CLI::Option* negation = nullptr;  ///< --no-..., for bool
    bool given() const { return option->count() > 0 || (negation != nullptr && negation->count() > 0); }
  };
  void add_flag(CLI::App& app, const OptionField& field, const std::string& name);
  static void add_switch(CLI::App& app, Flag& flag, const std::string& name);

  OptionTable& table_;
  std::string recipe_, config_;
  std::deque<Flag> flags_;
};

/// Refuses a value that looks like another flag: "--name --epochs 3" lacks a value. For CLI::Option::check.
std::string refuse_flag_as_value(const std::string& value);

}  // namespace mien::cli
