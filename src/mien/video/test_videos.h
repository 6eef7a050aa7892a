// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "mien/video/video_reader.h"
#include "mien/video/video_writer.h"

namespace mien::test_videos {

/// A picture that shows its number in black and white blocks in the upper half; the lower half has three fields of plain colours
/// that depend on it.
cv::Mat numbered_picture(int number, cv::Size size);
/// The number that a (lossy) copy of a numbered picture shows.
int shown_number(const cv::Mat& image);

/// 0, 1/fps, 2/fps, ...
std::vector<double> regular_times(int count, double frames_per_second);
/// Numbered pictures at the given times.
void write_numbered(const std::filesystem::path& file, const std::vector<double>& times, cv::Size size = {96, 64},
                    const VideoWriterOptions& options = {});

std::vector<VideoFrame> read_all(VideoReader& reader);
std::vector<VideoFrame> read_all(const std::filesystem::path& file, const VideoOptions& options = {});

}  // namespace mien::test_videos
