// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/picture.h"

#include "mien/base/files.h"

namespace mien {

namespace {

cv::Point2f scaled(cv::Point2f p, float x, float y) { return {(p.x + 0.5f) * x - 0.5f, (p.y + 0.5f) * y - 0.5f}; }

cv::Rect2f scaled(const cv::Rect2f& r, float x, float y) { return {scaled(r.tl(), x, y), cv::Size2f(r.width * x, r.height * y)}; }

}  // namespace

cv::Point2f Picture::scale() const {
  if (!shrunk()) return {1, 1};
  return {static_cast<float>(full_size.width) / static_cast<float>(pixels.cols),
          static_cast<float>(full_size.height) / static_cast<float>(pixels.rows)};
}

cv::Point2f Picture::to_file(cv::Point2f p) const { return shrunk() ? scaled(p, scale().x, scale().y) : p; }
cv::Point2f Picture::from_file(cv::Point2f p) const { return shrunk() ? scaled(p, 1 / scale().x, 1 / scale().y) : p; }
cv::Rect2f Picture::to_file(const cv::Rect2f& r) const { return shrunk() ? scaled(r, scale().x, scale().y) : r; }
cv::Rect2f Picture::from_file(const cv::Rect2f& r) const { return shrunk() ? scaled(r, 1 / scale().x, 1 / scale().y) : r; }

Picture read_picture(const std::filesystem::path& file, const DecodeOptions& options) {
  const std::vector<std::uint8_t> bytes = read_bytes(file, static_cast<std::uint64_t>(options.max_bytes));
  return decode_picture(bytes.data(), bytes.size(), file.string(), options);
}

}  // namespace mien
