// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/video_analysis.h"

namespace mien {

/// Opens a camera. Where an earlier call looked through it, numbers and times go on after `start`: what happened in between is not to be had.
std::unique_ptr<VideoReader> open_camera_source(const OpenCamera& open, const std::string& name, const StreamOptions& options,
                                                const VideoPosition& start);

}  // namespace mien
