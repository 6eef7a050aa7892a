// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/face_geometry/alignment.h"
#include "mien/image/color.h"

namespace mien {
namespace {

using Json = nlohmann::json;
constexpr int smallest_size_px = 16, largest_size_px = 512, most_looks = 8;

[[noreturn]] void refuse(const std::string& origin, const std::string& what) {
  throw Error(ErrorCode::bad_file, fmt::format("{}: metadata entry '{}': {}", origin, landmark_frame_key, what),
              "The file was not written by mien's landmark training, or it is damaged.");
}

double number(const Json& value, double low, double high, const std::string& origin, const std::string& what) {
  const double x = value.is_number() ? value.get<double>() : std::nan("");
  if (!(x >= low && x <= high)) refuse(origin, fmt::format("expected {} to be a number in {}..{}", what, low, high));
  return x;
}

const Json& member(const Json& object, const char* key, const std::string& origin) {
  if (!object.is_object() || !object.contains(key)) refuse(origin, fmt::format("lacks '{}'", key));
  return object[key];
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

struct Square {
  cv::Point2d middle;
  double side = 0;
};

/// Middle in the coordinates of pixel centres, like landmarks.
Square square_of(const cv::Rect2f& box) {
  const cv::Point2d middle(box.x + 0.5 * box.width - 0.5, box.y + 0.5 * box.height - 0.5);
  if (!(box.width > 0 && box.height > 0) || !std::isfinite(middle.x + middle.y + box.width + box.height))
    throw Error(ErrorCode::bad_data, "landmarks: the face box is empty");
  return {middle, std::sqrt(static_cast<double>(box.width) * box.height)};
}

Square square_of(const Affine& image_from_frame) {
  const Affine& a = image_from_frame;
  return {{a(0, 0) / 2 + a(0, 1) / 2 + a(0, 2), a(1, 0) / 2 + a(1, 1) / 2 + a(1, 2)},
          std::sqrt(std::abs(a(0, 0) * a(1, 1) - a(0, 1) * a(1, 0)))};
}

Affine upright(const Square& square) {
  return {square.side, 0, square.middle.x - square.side / 2, 0, square.side, square.middle.y - square.side / 2};
}

/// Of a detector that frames the 68 points tightly.
FrameFromBox tight(const LandmarkFrame& frame) {
  const cv::Rect2f box = bounding_box(frame.shape);
  const double s = std::sqrt(static_cast<double>(box.width) * box.height);
  return {(0.5 - box.x - 0.5 * box.width) / s, (0.5 - box.y - 0.5 * box.height) / s, 1 / s};
}

/// The pixels that the frame may read, and some more; never empty.
cv::Rect footprint(const Affine& image_from_frame, int border, cv::Size image) {
  const cv::Rect2f box = bounding_box(apply_affine(image_from_frame, {{0, 0}, {1, 0}, {0, 1}, {1, 1}}));
  const auto inside = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, size - 1.0)); };
  const int left = inside(std::floor(box.x) - border, image.width), top = inside(std::floor(box.y) - border, image.height);
  const int right = inside(std::ceil(box.x + box.width) + border, image.width);
  const int bottom = inside(std::ceil(box.y + box.height) + border, image.height);
  return {left, top, right - left + 1, bottom - top + 1};
}

/// Means of blocks; what does not fill a block at the right and lower edge is left out.
cv::Mat shrunk(const cv::Mat& image, int factor_x, int factor_y) {
  const int columns = image.cols / factor_x, rows = image.rows / factor_y;
  cv::Mat out;
  cv::resize(image({0, 0, columns * factor_x, rows * factor_y}), out, {columns, rows}, 0, 0, cv::INTER_AREA);
  return out;
}

cv::Mat bilinear(const cv::Mat& gray, const Affine& source_from_frame, int size) {
  cv::Mat out(size, size, CV_32FC1);
  const double step = 1.0 / size;
  const double dx = source_from_frame(0, 0) * step, dy = source_from_frame(1, 0) * step;
  for (int row = 0; row < size; ++row) {
    const double v = (row + 0.5) * step;
    double x = source_from_frame(0, 1) * v + source_from_frame(0, 2) + 0.5 * dx;
    double y = source_from_frame(1, 1) * v + source_from_frame(1, 2) + 0.5 * dy;
    auto* to = out.ptr<float>(row);
    for (int column = 0; column < size; ++column, x += dx, y += dy) {
      const double cx = std::clamp(x, 0.0, gray.cols - 1.0), cy = std::clamp(y, 0.0, gray.rows - 1.0);
      const int left = static_cast<int>(cx), top = static_cast<int>(cy);
      const int right = std::min(left + 1, gray.cols - 1), bottom = std::min(top + 1, gray.rows - 1);
      const auto fx = static_cast<float>(cx - left), fy = static_cast<float>(cy - top);
      const std::uint8_t *upper = gray.ptr(top), *lower = gray.ptr(bottom);
      const float above = static_cast<float>(upper[left]) + fx * static_cast<float>(upper[right] - upper[left]);
      const float below = static_cast<float>(lower[left]) + fx * static_cast<float>(lower[right] - lower[left]);
      to[column] = above + fy * (below - above);
    }
  }
  return out;
}

}  // namespace

LandmarkFrame parse_landmark_frame(const std::string& json, const std::string& origin) {
  const auto parsed = try_parse_json(json);
  if (!parsed) refuse(origin, "is no JSON");
  const Json& root = *parsed;
  LandmarkFrame frame;
  frame.size_px = static_cast<int>(number(member(root, "size", origin), smallest_size_px, largest_size_px, origin, "'size'"));
  if (member(root, "color", origin) != "gray") refuse(origin, "expected 'color' to be \"gray\"");
  frame.looks = static_cast<int>(number(member(root, "looks", origin), 1, most_looks, origin, "'looks'"));
  const Json& shape = member(root, "template", origin);
  if (!shape.is_array() || shape.size() != 68) refuse(origin, "expected 'template' to hold 68 points");
  for (const auto& p : shape) {
    if (!p.is_array() || p.size() != 2) refuse(origin, "expected each point of 'template' to be [x,y]");
    frame.shape.emplace_back(static_cast<float>(number(p[0], -1, 2, origin, "a point of 'template'")),
                             static_cast<float>(number(p[1], -1, 2, origin, "a point of 'template'")));
  }
  const cv::Rect2f box = bounding_box(frame.shape);
  if (!(box.width > 0.05f && box.height > 0.05f)) refuse(origin, "the points of 'template' nearly coincide");
  const Json& boxes = member(root, "boxes", origin);
  if (!boxes.is_object()) refuse(origin, "expected 'boxes' to be an object");
  for (const auto& [name, value] : boxes.items()) {
    const std::string what = "each box of '" + name + "'";
    if (!value.is_array() || value.size() != 3) refuse(origin, "expected " + what + " to be [dx,dy,scale]");
    frame.boxes[name] = {number(value[0], -2, 2, origin, what), number(value[1], -2, 2, origin, what),
                         number(value[2], 0.1, 10, origin, what)};
  }
  return frame;
}

std::string to_json(const LandmarkFrame& frame) {
  const auto rounded = [](double x) { return std::round(x * 1e6) / 1e6; };
  nlohmann::ordered_json root{{"size", frame.size_px}, {"color", "gray"}, {"looks", frame.looks}};
  root["template"] = Json::array();
  for (const auto& p : frame.shape) root["template"].push_back({rounded(p.x), rounded(p.y)});
  root["boxes"] = Json::object();
  for (const auto& [name, box] : frame.boxes) root["boxes"][name] = {rounded(box.dx), rounded(box.dy), rounded(box.scale)};
  return json_text(root);
}

Affine frame_from_points(const LandmarkFrame& frame, const Points& points) {
  if (points.size() != 5) {
    require_68(points, "a landmark frame");
    return fit_similarity(frame.shape, points);
  }
  const auto five = five_points(frame.shape);
  return fit_similarity({five.begin(), five.end()}, points);
}

Affine frame_from_box(const LandmarkFrame& frame, const cv::Rect2f& box, const std::string& detector) {
  const auto known = frame.boxes.find(detector);
  const FrameFromBox from = known != frame.boxes.end() ? known->second : tight(frame);
  const Square square = square_of(box);
  return upright({square.middle + square.side * cv::Point2d(from.dx, from.dy), square.side * from.scale});
}

FrameFromBox fit_frame_from_boxes(const LandmarkFrame& frame, const std::vector<cv::Rect2f>& boxes,
                                  const std::vector<Points>& points68) {
  if (boxes.empty() || boxes.size() != points68.size())
    throw Error(ErrorCode::bad_data,
                fmt::format("fitting a detector's boxes: {} boxes for {} faces", boxes.size(), points68.size()));
  std::vector<double> dx, dy, scale;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Square box = square_of(boxes[i]), wanted = square_of(frame_from_points(frame, points68[i]));
    dx.push_back((wanted.middle.x - box.middle.x) / box.side);
    dy.push_back((wanted.middle.y - box.middle.y) / box.side);
    scale.push_back(wanted.side / box.side);
  }
  return {median(dx), median(dy), median(scale)};
}

cv::Mat look_at_frame(const cv::Mat& image, const Affine& image_from_frame, int size_px) {
  if (image.empty() || image.depth() != CV_8U || (image.channels() != 1 && image.channels() != 3))
    throw Error(ErrorCode::usage, "landmarks: expected an 8-bit image with 1 or 3 channels");
  const double side = square_of(image_from_frame).side;
  if (!(side >= 1e-3) || !std::isfinite(side + image_from_frame(0, 2) + image_from_frame(1, 2)))
    throw Error(ErrorCode::bad_data, "landmarks: the face shrank to nothing");
  const int factor = std::max(1, static_cast<int>(std::min(side / size_px, 1024.0)));
  const cv::Rect area = footprint(image_from_frame, 2 * factor, image.size());
  cv::Mat source = image(area);
  const int factor_x = std::min(factor, area.width), factor_y = std::min(factor, area.height);
  if (factor > 1) source = shrunk(source, factor_x, factor_y);
  const auto shift = [](int f, int start) { return (0.5 - start) / f - 0.5; };
  const Affine source_from_image{1.0 / factor_x, 0, shift(factor_x, area.x), 0, 1.0 / factor_y, shift(factor_y, area.y)};
  return bilinear(to_gray(source), compose(source_from_image, image_from_frame), size_px);
}

void standardise(cv::Mat& gray) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(gray, mean, deviation);
  gray = (gray - mean[0]) * (1 / (deviation[0] + 4));
}

}  // namespace mien
