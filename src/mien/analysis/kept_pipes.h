// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "mien/analysis/media_source.h"
#include "mien/base/progress.h"

namespace mien {

/// What comes through a pipe can be read once, and an analysis reads its sources again for reports, copies and resumed runs: it is kept as
/// FOLDER/from_pipes/NAME, which becomes the source in the pipe's place, a picture or a video by its content. A pipe that cannot be read
/// becomes a source with a problem. Throws Error{interrupted} when `stop` is requested while it waits, Error{io} when the disk is full.
void keep_pipes(std::vector<MediaSource>& sources, const std::filesystem::path& folder, const StopFlag& stop, Progress& progress);

}  // namespace mien
