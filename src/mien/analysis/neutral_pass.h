// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/analysis/analysis_run.h"

namespace mien {

/// The second pass over FOLDER/results.jsonl, once all sources were looked at: measures the Action Units of the people in video files against
/// what their faces at rest look like in the whole video; where a person never was at rest, all along against the average face. What a
/// camera showed stays: its rows were out before the end was known. Depends on what does not change in the file, so that it can be
/// called any number of times; the file is replaced by rename. Does nothing where the job asks for no Action Units, numbers no people or
/// measures against a face that was given.
void measure_against_whole_videos(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder);

}  // namespace mien
