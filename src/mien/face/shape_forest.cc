// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/shape_forest.h"

#include <cmath>

#include "mien/image/simd.h"

namespace mien {

namespace {

MIEN_SIMD_CLONES void add_row(const float* row, float* sum, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += row[i];
}

}  // namespace

Affine least_squares_similarity(const Points& from, const Points& to) {
  cv::Point2d from_mean(0, 0), to_mean(0, 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    from_mean += cv::Point2d(from[i]);
    to_mean += cv::Point2d(to[i]);
  }
  const double n = std::max<double>(1, static_cast<double>(from.size()));
  from_mean *= 1 / n;
  to_mean *= 1 / n;
  double along = 0, across = 0, spread = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const cv::Point2d f = cv::Point2d(from[i]) - from_mean, t = cv::Point2d(to[i]) - to_mean;
    along += f.dot(t);
    across += f.cross(t);
    spread += f.dot(f);
  }
  const double a = spread > 0 ? along / spread : 1, b = spread > 0 ? across / spread : 0;
  return {a, -b, to_mean.x - a * from_mean.x + b * from_mean.y, b, a, to_mean.y - b * from_mean.x - a * from_mean.y};
}

void ShapeForest::read_pixels(const Stage& stage, const cv::Mat& gray, const Affine& image_from_frame,
                              const std::vector<float>& shape, std::vector<float>& values) const {
  Points now(mean_.size());
  for (std::size_t i = 0; i < now.size(); ++i) now[i] = {shape[2 * i], shape[2 * i + 1]};
  const Affine turn = least_squares_similarity(mean_, now);
  const auto a = static_cast<float>(turn(0, 0)), b = static_cast<float>(turn(1, 0));
  const Affine& m = image_from_frame;
  values.resize(stage.pixels.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Pixel& p = stage.pixels[i];
    const float u = a * p.offset.x - b * p.offset.y + now[p.anchor].x, v = b * p.offset.x + a * p.offset.y + now[p.anchor].y;
    const double x = std::floor(m(0, 0) * u + m(0, 1) * v + m(0, 2) + 0.5),
                 y = std::floor(m(1, 0) * u + m(1, 1) * v + m(1, 2) + 0.5);
    const bool inside = x >= 0 && y >= 0 && x < gray.cols && y < gray.rows;
    values[i] = inside ? static_cast<float>(gray.at<std::uint8_t>(static_cast<int>(y), static_cast<int>(x))) : 0.0F;
  }
}

Points ShapeForest::place(const cv::Mat& gray, const Affine& image_from_frame) const {
  const std::size_t width = 2 * mean_.size(), leaves_a_tree = splits_a_tree_ + 1;
  std::vector<float> shape(width), values;
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    shape[2 * i] = mean_[i].x;
    shape[2 * i + 1] = mean_[i].y;
  }
  std::vector<const float*> rows;
  for (const Stage& stage : stages_) {
    read_pixels(stage, gray, image_from_frame, shape, values);
    // The trees of a stage read the same pixels: first find all leaves, so that their rows, scattered over megabytes, are fetched
    // together.
    const std::size_t trees = stage.leaves.size() / (leaves_a_tree * width);
    rows.resize(trees);
    for (std::size_t t = 0; t < trees; ++t) {
      const Split* splits = stage.splits.data() + t * splits_a_tree_;
      std::size_t node = 0;
      while (node < splits_a_tree_) {
        const Split& s = splits[node];
        node = 2 * node + (values[s.first] - values[s.second] > s.threshold ? 1 : 2);
      }
      rows[t] = stage.leaves.data() + (t * leaves_a_tree + node - splits_a_tree_) * width;
      for (std::size_t line = 0; line < width; line += 16) __builtin_prefetch(rows[t] + line);
    }
    for (const float* row : rows) add_row(row, shape.data(), width);
  }
  Points result(mean_.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = {shape[2 * i], shape[2 * i + 1]};
  return apply_affine(image_from_frame, result);
}

}  // namespace mien
