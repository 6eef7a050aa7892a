// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/test_videos.h"

namespace mien::test_videos {

namespace {

constexpr int kBits = 8;

cv::Rect block(int bit, cv::Size size) { return {bit * size.width / kBits, 0, size.width / kBits, size.height / 2}; }

}  // namespace

cv::Mat numbered_picture(int number, cv::Size size) {
  cv::Mat image(size, CV_8UC3, cv::Scalar(128, 128, 128));
  for (int bit = 0; bit < kBits; ++bit) image(block(bit, size)).setTo(cv::Scalar::all((number >> bit) & 1 ? 235 : 20));
  const int third = size.width / 3, low = size.height / 2;
  image(cv::Rect(0, low, third, size.height - low)).setTo(cv::Scalar(200, 40 + number % 100, 30));
  image(cv::Rect(third, low, third, size.height - low)).setTo(cv::Scalar(40, 180, 60 + number % 100));
  image(cv::Rect(2 * third, low, size.width - 2 * third, size.height - low)).setTo(cv::Scalar(50, 60, 210));
  return image;
}

int shown_number(const cv::Mat& image) {
  int number = 0;
  for (int bit = 0; bit < kBits; ++bit) {
    const cv::Rect b = block(bit, image.size());
    const cv::Rect middle(b.x + b.width / 4, b.y + b.height / 4, std::max(1, b.width / 2), std::max(1, b.height / 2));
    if (cv::mean(image(middle))[1] > 128) number |= 1 << bit;
  }
  return number;
}

std::vector<double> regular_times(int count, double frames_per_second) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(i / frames_per_second);
  return times;
}

void write_numbered(const std::filesystem::path& file, const std::vector<double>& times, cv::Size size,
                    const VideoWriterOptions& options) {
  VideoWriterOptions o = options;
  o.width = size.width;
  o.height = size.height;
  const auto writer = create_video(file, o);
  for (std::size_t i = 0; i < times.size(); ++i) writer->write(numbered_picture(static_cast<int>(i), size), times[i]);
  writer->finish();
}

std::vector<VideoFrame> read_all(VideoReader& reader) {
  std::vector<VideoFrame> frames;
  while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  return frames;
}

std::vector<VideoFrame> read_all(const std::filesystem::path& file, const VideoOptions& options) {
  return read_all(*open_video(file, options));
}

}  // namespace mien::test_videos
