// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/view_detector.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"
#include "mien/face/candidates.h"

namespace mien {

namespace {

constexpr int kSmallestSide = 8;        // a view thinner than this holds no face that any scanner could tell
constexpr double kLargestView = 64e6;   // pixels; enlarging stops here
constexpr double kSizeTolerance = 0.8;  // boxes of one face differ by that much from detector to detector
constexpr double kLargeFace = 0.35;     // of the shorter side: what is looked for in images with a border
constexpr int kFacesAcross = 16, kSmallestAutomatic = 40;
constexpr double kTouching = 0.02;  // of a box's width: closer to a tile's inner edge counts as cut

void check(const DetectorOptions& o) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::usage, "face detector: " + what); };
  if (o.min_face_px != 0 && o.min_face_px < 8)
    refuse("min_face_px is " + std::to_string(o.min_face_px) + ", expected 0 (automatic) or at least 8");
  if (o.max_side_px < 0) refuse("max_side_px is " + std::to_string(o.max_side_px) + ", expected 0 or more");
  if (!(o.nms_overlap >= 0 && o.nms_overlap <= 1)) refuse("nms_overlap is not in 0..1");
  if (!(o.border >= 0 && o.border <= 2)) refuse("border is not in 0..2");
  if (o.tile_px != 0 && o.tile_px < 2 * o.min_face_px) refuse("tile_px must be 0 or at least twice min_face_px");
  if (std::isnan(o.threshold)) refuse("threshold is not a number");
}

cv::Mat resized(const cv::Mat& image, double scale) {
  const auto length = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
  const cv::Size size(length(image.cols), length(image.rows));
  if (size == image.size()) return image;
  cv::Mat result;
  cv::resize(image, result, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

bool touches_inner_edge(const cv::Rect2f& box, const cv::Rect& tile, cv::Size image) {
  const double near = kTouching * box.width;
  return (tile.x > 0 && box.x < tile.x + near) || (tile.y > 0 && box.y < tile.y + near) ||
         (tile.br().x < image.width && box.x + box.width > tile.br().x - near) ||
         (tile.br().y < image.height && box.y + box.height > tile.br().y - near);
}

}  // namespace

std::vector<int> tile_starts(int size, int tile, int overlap) {
  if (size <= tile) return {0};
  const int step = tile - overlap;
  const int count = (size - tile + step - 1) / step + 1;
  std::vector<int> starts(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    starts[static_cast<std::size_t>(i)] = static_cast<int>(static_cast<std::int64_t>(size - tile) * i / (count - 1));
  return starts;
}

ViewDetector::ViewDetector(const DetectorOptions& options, std::unique_ptr<ViewScanner> scanner)
    : options_(options), scanner_(std::move(scanner)) {
  check(options);
  threshold_ = options.threshold < 0 ? scanner_->default_threshold() : options.threshold;
}

std::unique_ptr<FaceDetector> ViewDetector::clone() const { return std::make_unique<ViewDetector>(options_, scanner_->clone()); }

std::vector<Detection> ViewDetector::look(const cv::Mat& image, const cv::Rect& part, double min_face_px, double border) {
  const int border_px = static_cast<int>(std::lround(border * std::max(part.width, part.height)));
  const cv::Size whole(part.width + 2 * border_px, part.height + 2 * border_px);
  const double area = static_cast<double>(whole.width) * whole.height;  // of a long picture with its border more than an int holds
  const double scale = std::min(scanner_->scale_for(whole, min_face_px), std::sqrt(kLargestView / area));
  cv::Mat view = resized(image(part), scale);
  const double scale_x = static_cast<double>(view.cols) / part.width, scale_y = static_cast<double>(view.rows) / part.height;
  const int pad = static_cast<int>(std::lround(border_px * scale));
  if (pad > 0) cv::copyMakeBorder(view, view, pad, pad, pad, pad, cv::BORDER_CONSTANT);
  if (std::min(view.cols, view.rows) < kSmallestSide) return {};
  auto found = scanner_->scan(view, threshold_);
  for (auto& d : found) {
    const auto back = [&](float x, float y) {
      return cv::Point2f(static_cast<float>((x - pad) / scale_x + part.x), static_cast<float>((y - pad) / scale_y + part.y));
    };
    d.box = {back(d.box.x, d.box.y), back(d.box.x + d.box.width, d.box.y + d.box.height)};
    for (auto& p : d.points) p = back(p.x, p.y);
  }
  std::erase_if(found, [&](const Detection& d) { return std::max(d.box.width, d.box.height) < kSizeTolerance * min_face_px; });
  return found;
}

int ViewDetector::min_face_for(cv::Size image) const {
  return options_.min_face_px > 0 ? options_.min_face_px
                                  : std::max(kSmallestAutomatic, std::max(image.width, image.height) / kFacesAcross);
}

void ViewDetector::add_tiles(const cv::Mat& image, std::vector<Detection>& found) {
  const int tile = options_.tile_px, min_face_px = min_face_for({tile, tile});
  // What scan sees of a face of the smallest size, and how large a face must be in the whole image to be seen like that.
  const double in_tile = min_face_px * scanner_->scale_for({tile, tile}, min_face_px);
  const double whole = in_tile / scanner_->scale_for(image.size(), min_face_px);
  const int overlap = std::clamp(static_cast<int>(1.5 * whole), std::min(2 * min_face_px, tile / 2), tile / 2);
  for (const int y : tile_starts(image.rows, tile, overlap))
    for (const int x : tile_starts(image.cols, tile, overlap)) {
      const cv::Rect part(x, y, std::min(tile, image.cols), std::min(tile, image.rows));
      for (auto& d : look(image, part, min_face_px, 0))
        if (!touches_inner_edge(d.box, part, image.size())) found.push_back(std::move(d));
    }
}

std::vector<Detection> ViewDetector::join(std::vector<Detection> found) const {
  return suppress_overlaps(std::move(found), options_.nms_overlap);
}

std::vector<Detection> ViewDetector::detect(const cv::Mat& image) {
  if (image.empty()) return {};
  if (image.type() != CV_8UC1 && image.type() != CV_8UC3)
    throw Error(ErrorCode::usage,
                "face detector: expected an 8-bit image with 1 or 3 channels, found " + cv::typeToString(image.type()));
  const int side = std::max(image.cols, image.rows);
  const double shrink =
      options_.max_side_px > 0 && side > options_.max_side_px ? static_cast<double>(options_.max_side_px) / side : 1;
  const cv::Mat small = resized(image, shrink);
  const cv::Rect all({0, 0}, small.size());
  const int min_face_px = min_face_for(small.size());
  auto found = look(small, all, min_face_px, 0);
  if (options_.tile_px > 0 && side * shrink > options_.tile_px) add_tiles(small, found);
  found = join(std::move(found));
  if (found.empty() && options_.border > 0) {
    const double large = kLargeFace * std::min(small.cols, small.rows);
    found = join(look(small, all, std::max<double>(min_face_px, large), options_.border));
  }
  const double x = static_cast<double>(image.cols) / small.cols, y = static_cast<double>(image.rows) / small.rows;
  for (auto& d : found) {
    d.box = {static_cast<float>(d.box.x * x), static_cast<float>(d.box.y * y), static_cast<float>(d.box.width * x),
             static_cast<float>(d.box.height * y)};
    for (auto& p : d.points) p = {static_cast<float>(p.x * x), static_cast<float>(p.y * y)};
  }
  return found;
}

}  // namespace mien
