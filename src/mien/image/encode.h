// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mien {

/// The longest side of a JPEG picture, in pixels, that libjpeg writes.
constexpr int kLargestJpegSide_px = 65500;

/// 8-bit gray (CV_8UC1) or RGB (CV_8UC3) image to PNG or JPEG bytes.
std::vector<std::uint8_t> encode_png(const cv::Mat& image);
std::vector<std::uint8_t> encode_jpeg(const cv::Mat& image, int quality_percent = 90);
/// Writes .png, .jpg or .jpeg by extension, atomically. Throws Error{io} or Error{usage} for other extensions.
void write_image(const std::filesystem::path& file, const cv::Mat& image);

}  // namespace mien
