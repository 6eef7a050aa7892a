// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "mien/cli/flags.h"
#include "mien/data/catalogue.h"

namespace mien::cli {

/// The data set of a command that only looks at data: a positional FORMAT:PATH and the flags of DatasetOptions, and of what else
/// the command describes in the same table. Must not move; keep it in a shared_ptr.
class DatasetFlags {
 public:
  explicit DatasetFlags(CLI::App& app, const std::function<void(OptionTable&)>& describe_more = nullptr);
  DatasetFlags(const DatasetFlags&) = delete;
  DatasetFlags& operator=(const DatasetFlags&) = delete;

  /// Opens what the command line names; from then on all described options have their values. Throws Error{usage} when it names nothing.
  Dataset open(ReadReport* report = nullptr);
  const DatasetOptions& options() const { return options_; }

 private:
  DatasetOptions options_;
  OptionTable table_;
  std::string positional_;
  std::unique_ptr<OptionFlags> flags_;
};

/// Class name of a record's label, or "unlabelled".
std::string class_name(const Dataset& dataset, const Record& record);

}  // namespace mien::cli
