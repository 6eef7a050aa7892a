// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/command_bench.h"

#include "mien/cli/commands.h"

namespace mien::cli {

void add_bench_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("bench", "Measure speed, both sides in one run");
  command->require_subcommand(1);
#ifdef MIEN_WITH_TORCH
  add_bench_train(*command, session);
  add_bench_method(*command, session);
#endif
  add_bench_runtime(*command, session);
  add_bench_detect(*command, session);
  add_bench_identity(*command, session);
  add_bench_neighbours(*command, session);
}

}  // namespace mien::cli
