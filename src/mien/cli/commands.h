// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "mien/cli/session.h"

namespace mien::cli {

void add_train_command(CLI::App& app, Session& session);
void add_eval_command(CLI::App& app, Session& session);
void add_explain_command(CLI::App& app, Session& session);
void add_reproduce_command(CLI::App& app, Session& session);
void add_analyze_command(CLI::App& app, Session& session);
void add_predict_command(CLI::App& app, Session& session);
void add_export_command(CLI::App& app, Session& session);
void add_quantize_command(CLI::App& app, Session& session);
void add_models_command(CLI::App& app, Session& session);
void add_bench_command(CLI::App& app, Session& session);
void add_data_command(CLI::App& app, Session& session);
void add_landmarks_command(CLI::App& app, Session& session);
void add_runs_command(CLI::App& app, Session& session);
void add_doctor_command(CLI::App& app, Session& session);

/// Adds every command of the program.
void add_commands(CLI::App& app, Session& session);

}  // namespace mien::cli
