// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "mien/analysis/video_analysis.h"

namespace mien {

/// How far an analysis has come and what it must remember: all before is in results.jsonl, safely on disk.
struct AnalysisProgress {
  std::int64_t source = 0;         ///< sources that are done
  std::int64_t journal_bytes = 0;  ///< length of results.jsonl at this point
  VideoPosition position;          ///< in the video that is being looked at; analysed = 0: not begun
  std::string people;              ///< People::save() of that video
};

/// Atomically replaces FOLDER/progress.json.
void save_progress(const AnalysisProgress& progress, const std::filesystem::path& folder);
/// None when the folder has no such file. Throws Error{bad_file}.
std::optional<AnalysisProgress> load_progress(const std::filesystem::path& folder);

}  // namespace mien
