// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "mien/base/error.h"

namespace mien::cli {

/// What CLI11 refused, as an Error{usage} whose hint names the nearest flag or command.
Error usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace mien::cli
