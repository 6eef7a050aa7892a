// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include "mien/image/decode.h"

/// What decode.cc shares with the decoders of the single formats.
namespace mien::decoders {

/// The bytes of one file and how to decode them.
struct Input {
  const std::uint8_t* data;
  std::size_t size;
  const std::string& name;
  const DecodeOptions& options;
  bool may_shrink = false;  ///< a picture above max_pixels may come back smaller
};

/// CV_8UC1 gray or CV_8UC3 RGB pixels as stored, and how to turn them.
struct Decoded {
  cv::Mat pixels;
  int orientation = 1;  ///< EXIF 1..8
  cv::Size full_size = {};  ///< as stored, when `pixels` are smaller; else empty
};

Decoded decode_jpeg(const Input& input);
Decoded decode_png(const Input& input);
Decoded decode_webp(const Input& input);
Decoded decode_bmp(const Input& input);
Decoded decode_tiff(const Input& input);
Decoded decode_gif(const Input& input);
Decoded decode_heif(const Input& input);

/// Throws Error{bad_file} "NAME: REASON".
[[noreturn]] void refuse(const Input& input, const std::string& reason, const std::string& hint = {});
/// Refuses empty sizes and those above the pixel limit; call it before memory is taken.
void check_size(const Input& input, std::int64_t width, std::int64_t height);
/// Gray+alpha (CV_8UC2) to gray, RGBA (CV_8UC4) to RGB, over black.
cv::Mat over_black(const cv::Mat& with_alpha);

}  // namespace mien::decoders
