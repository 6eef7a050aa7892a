// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/command_data.h"

#include "mien/cli/commands.h"

namespace mien::cli {

void add_data_command(CLI::App& app, Session& session) {
  auto* data = app.add_subcommand("data", "Check, count, show, pack and draw data sets");
  data->require_subcommand(1);
  add_data_formats_command(*data, session);
  add_data_check_command(*data, session);
  add_data_stats_command(*data, session);
  add_data_show_command(*data, session);
  add_data_pack_command(*data, session);
  add_data_landmarks_command(*data, session);
#ifdef MIEN_WITH_TORCH
  add_data_distributions_command(*data, session);
#endif
  add_data_anomalies_command(*data, session);
  add_data_clip_command(*data, session);
}

}  // namespace mien::cli
