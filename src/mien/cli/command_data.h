// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "mien/cli/session.h"

namespace mien::cli {

void add_data_formats_command(CLI::App& data, Session& session);
void add_data_check_command(CLI::App& data, Session& session);
void add_data_stats_command(CLI::App& data, Session& session);
void add_data_show_command(CLI::App& data, Session& session);
void add_data_pack_command(CLI::App& data, Session& session);
void add_data_landmarks_command(CLI::App& data, Session& session);
void add_data_anomalies_command(CLI::App& data, Session& session);
void add_data_clip_command(CLI::App& data, Session& session);
void add_data_distributions_command(CLI::App& data, Session& session);  // with libtorch only

}  // namespace mien::cli
