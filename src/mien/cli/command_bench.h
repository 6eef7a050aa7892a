// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "mien/cli/session.h"

namespace mien::cli {

// The sub-commands of `mien bench`, a file each.
void add_bench_train(CLI::App& bench, Session& session);  ///< needs libtorch
void add_bench_method(CLI::App& bench, Session& session);  ///< needs libtorch
void add_bench_runtime(CLI::App& bench, Session& session);
void add_bench_detect(CLI::App& bench, Session& session);
void add_bench_identity(CLI::App& bench, Session& session);
void add_bench_neighbours(CLI::App& bench, Session& session);

}  // namespace mien::cli
