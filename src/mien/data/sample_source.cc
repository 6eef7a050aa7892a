// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "mien/base/error.h"
#include "mien/data/dataset.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

cv::Mat from_gray_pixels(const Record& record) {
  const auto& pixels = *record.source.gray;
  const int width = record.source.gray_width;
  if (width <= 0 || pixels.empty() || pixels.size() % static_cast<std::size_t>(width) != 0)
    throw Error(ErrorCode::bad_file, fmt::format("{}: {} gray pixels do not make rows of {}", record.id, pixels.size(), width));
  const int height = static_cast<int>(pixels.size() / static_cast<std::size_t>(width));
  return cv::Mat(height, width, CV_8UC1, const_cast<std::uint8_t*>(pixels.data())).clone();
}

std::vector<std::uint8_t> read_range(const ImageSource& source, const DecodeOptions& options) {
  std::ifstream file(source.file, std::ios::binary | std::ios::ate);
  if (!file) throw Error(ErrorCode::not_found, fmt::format("{}: cannot be opened", source.file));
  const auto size = static_cast<std::int64_t>(file.tellg());
  const std::int64_t length = source.length < 0 ? size - source.offset : source.length;
  if (source.offset < 0 || length < 0 || length > size - source.offset)
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: expected {} bytes from byte {}, but the file has {}", source.file, length, source.offset, size),
                "The file was cut off or has changed; read the data set anew.");
  if (length > options.max_bytes)
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: image of {} bytes at byte {} is too large", source.file, length, source.offset));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(length));
  file.seekg(source.offset);
  if (length > 0 && !file.read(reinterpret_cast<char*>(bytes.data()), length))
    throw Error(ErrorCode::io, fmt::format("{}: reading {} bytes from byte {} failed", source.file, length, source.offset));
  return bytes;
}

cv::Mat cut_out(const cv::Mat& image, const Record& record) {
  const cv::Rect& crop = record.source.crop;
  if (crop.empty()) return image;
  const cv::Rect inside = crop & cv::Rect(0, 0, image.cols, image.rows);
  if (inside.empty())
    throw Error(ErrorCode::bad_file, fmt::format("{}: face box x={} y={} w={} h={} lies outside the {}x{} image", record.id,
                                                 crop.x, crop.y, crop.width, crop.height, image.cols, image.rows));
  return image(inside).clone();
}

cv::Mat decode(const Record& record) {
  const ImageSource& source = record.source;
  DecodeOptions options;
  options.keep_gray = true;
  if (source.gray) return cut_out(from_gray_pixels(record), record);
  if (source.file.empty()) throw Error(ErrorCode::bad_file, fmt::format("{}: the record names no file", record.id));
  if (source.offset == 0 && source.length < 0) return cut_out(read_image(source.file, options), record);
  const auto bytes = read_range(source, options);
  return cut_out(decode_image(bytes.data(), bytes.size(), fmt::format("{} (in {})", record.id, source.file), options), record);
}

std::int64_t bytes_of(const cv::Mat& image) { return static_cast<std::int64_t>(image.total() * image.elemSize()); }

std::string cache_key(const ImageSource& source) {
  return fmt::format("{}|{}|{},{},{},{}", source.file, source.offset, source.crop.x, source.crop.y, source.crop.width,
                     source.crop.height);
}

/// The first decoded images, up to a number of bytes. Nothing is evicted: an epoch visits every image once, so an image that
/// would be pushed out is worth as much as the one that would take its place.
class ImageCache {
 public:
  explicit ImageCache(std::int64_t capacity) : capacity_(capacity) {}

  /// A copy that the caller may change; empty when absent.
  cv::Mat find(const std::string& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = images_.find(key);
    return found == images_.end() ? cv::Mat() : found->second.clone();
  }

  void add(const std::string& key, const cv::Mat& image) {
    const std::int64_t cost = bytes_of(image) + static_cast<std::int64_t>(key.size()) + 200;
    const std::unique_lock lock(mutex_);
    if (used_ + cost > capacity_ || images_.count(key)) return;
    used_ += cost;
    images_.emplace(key, image.clone());
  }

 private:
  const std::int64_t capacity_;
  std::int64_t used_ = 0;
  std::unordered_map<std::string, cv::Mat> images_;
  mutable std::shared_mutex mutex_;
};

class FileSampleSource : public SampleSource {
 public:
  explicit FileSampleSource(std::int64_t cache_bytes) : caching_(cache_bytes > 0), cache_(cache_bytes) {}

  Sample load(const Record& record) const override {
    Sample sample;
    sample.id = record.id;
    sample.annotations = record.annotations;
    sample.image = image_of(record);
    if (!record.source.crop.empty()) {
      const cv::Point2f corner(static_cast<float>(std::max(0, record.source.crop.x)),
                               static_cast<float>(std::max(0, record.source.crop.y)));
      for (auto& point : sample.annotations.landmarks) point -= corner;
    }
    return sample;
  }

 private:
  cv::Mat image_of(const Record& record) const {
    if (!caching_ || record.source.gray) return decode(record);
    const std::string key = cache_key(record.source);
    cv::Mat image = cache_.find(key);
    if (image.empty()) {
      image = decode(record);
      cache_.add(key, image);
    }
    return image;
  }

  const bool caching_;
  mutable ImageCache cache_;
};

}  // namespace

std::shared_ptr<const SampleSource> file_sample_source(std::int64_t cache_bytes) {
  return std::make_shared<FileSampleSource>(cache_bytes);
}

}  // namespace mien
