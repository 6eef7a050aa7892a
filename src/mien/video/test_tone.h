// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/video/libav.h"

namespace mien::test_videos {

/// Writes a file with nothing but a tone of 440 Hz; its extension names the container.
void write_tone(const std::filesystem::path& file, AVCodecID codec, double seconds);

}  // namespace mien::test_videos
