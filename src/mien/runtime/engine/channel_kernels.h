// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// Mean over the pixels of each channel, from channels-last images [images, pixels, channels] to [images, channels].
struct ChannelMean {
  std::int64_t images, pixels, channels;
  Storage from;
  float scale;  ///< of an 8-bit source
  Storage to;   ///< f32 or bf16
};
void run(const ChannelMean& mean, const std::byte* source, std::byte* result);

/// Output channel c is channel `channel[c]` of source `input[c]`, for channels-last images.
class ChannelGather {
 public:
  /// @param source_channels  channels of each source
  ChannelGather(std::vector<std::int64_t> source_channels, const std::vector<std::int64_t>& input,
                const std::vector<std::int64_t>& channel, std::size_t element_bytes);
  void run(const std::vector<std::byte*>& sources, std::byte* result, std::int64_t pixels) const;
  /// The same for row-major values [images, channels, ...], each channel a block of `block_bytes`.
  void run_blocks(const std::vector<std::byte*>& sources, std::byte* result, std::int64_t images, std::size_t block_bytes) const;

 private:
  /// `count` channels from `channel` of `source` go to `to`, `to + step`, ...
  struct Piece {
    std::size_t source;
    std::int64_t channel, to, count, step;
    bool with_next = false;  ///< this piece and the next alternate in the result
  };
  std::vector<std::int64_t> source_channels_;
  std::vector<Piece> pieces_;
  std::int64_t channels_;
  std::size_t element_bytes_;
};

/// y = x * factor[n,c], for channels-last f32 or bf16 images [images, pixels, channels]; `factor` in the same storage.
struct ChannelScale {
  std::int64_t images, pixels, channels;
  Storage storage;
};
void run(const ChannelScale& scale, const std::byte* source, const std::byte* factor, std::byte* result);

/// y = x * scale[c] + shift[c].
struct ChannelAffine {
  std::int64_t pixels, channels;  ///< pixels of all images together
  Storage storage;                ///< f32 or bf16
  std::vector<float> scale, shift;
};
void run(const ChannelAffine& affine, const std::byte* source, std::byte* result);

/// x becomes x * slope[c] where it is negative.
struct ChannelSlopes {
  std::int64_t pixels, channels;  ///< pixels of all images together
  Storage storage;                ///< f32 or bf16
  std::vector<float> slopes;
};
void run(const ChannelSlopes& slopes, const std::byte* source, std::byte* result);  ///< may be the same

/// Every pixel becomes `up_y` x `up_x` equal ones, channels-last.
struct RepeatPixels {
  std::int64_t images, height, width, up_y, up_x;
  std::size_t pixel_bytes;
};
void run(const RepeatPixels& repeat, const std::byte* source, std::byte* result);

}  // namespace mien::runtime::engine
