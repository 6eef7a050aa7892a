// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <filesystem>
#include <string>

#include "mien/image/decode.h"

namespace mien {

/// A picture that may be in memory smaller than in its file. Positions have pixel centres at integers.
struct Picture {
  cv::Mat pixels;
  cv::Size full_size;  ///< upright size in the file; that of `pixels` unless it was decoded smaller

  bool shrunk() const { return pixels.size() != full_size; }
  /// Pixels of the file a pixel of `pixels` covers, across and down; 1 when nothing was shrunk.
  cv::Point2f scale() const;
  /// A position in `pixels` as one in the file's picture, and back.
  cv::Point2f to_file(cv::Point2f in_pixels) const;
  cv::Point2f from_file(cv::Point2f in_file) const;
  cv::Rect2f to_file(const cv::Rect2f& in_pixels) const;
  cv::Rect2f from_file(const cv::Rect2f& in_file) const;
};

/// Like decode_image() and read_image(), but JPEG files above `max_pixels` (photographs of phones with 108 and 200 megapixels) are
/// decoded at a half, a quarter or an eighth of their sides instead of being refused: libjpeg scales while it decodes, so that the
/// full picture is never in memory. Above four times `max_pixels`, or where a progressive file would need more than six bytes for each
/// of `max_pixels`, they are refused too.
Picture decode_picture(const std::uint8_t* data, std::size_t size, const std::string& name, const DecodeOptions& options = {});
Picture read_picture(const std::filesystem::path& file, const DecodeOptions& options = {});

}  // namespace mien
