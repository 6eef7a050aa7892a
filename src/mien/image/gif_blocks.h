// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mien {

/// What the blocks of a GIF file say, without decoding any of them.
struct GifBlocks {
  std::int64_t frames = 0;  ///< pictures that are there in full
  bool complete = false;    ///< the file ends with its trailer
};
GifBlocks scan_gif(const std::uint8_t* data, std::size_t size);

}  // namespace mien
