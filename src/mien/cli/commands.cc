// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/commands.h"

namespace mien::cli {

void add_commands(CLI::App& app, Session& session) {
  // One line a command, in the order of the help.
  constexpr void (*commands[])(CLI::App&, Session&) = {
#ifdef MIEN_WITH_TORCH
      add_train_command, add_eval_command, add_explain_command, add_reproduce_command,
#endif
      add_analyze_command, add_predict_command,
#ifdef MIEN_WITH_TORCH
      add_models_command, add_export_command,
#endif
      add_quantize_command, add_bench_command, add_data_command, add_landmarks_command, add_runs_command, add_doctor_command,
  };
  for (const auto add : commands) add(app, session);
}

}  // namespace mien::cli
