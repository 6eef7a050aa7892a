// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/cascade.h"

#include <dlib/array.h>
#include <dlib/image_processing/shape_predictor_trainer.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/color.h"
#include "mien/image/geometry.h"
#include "mien/landmark_training/landmark_data.h"

namespace mien {
namespace {

using Image = dlib::array2d<unsigned char>;
using Objects = std::vector<dlib::full_object_detection>;

/// Pictures are enlarged to at least this eye distance: points are trained in whole pixels.
constexpr double least_eye_distance_px = 80;

struct TrainingFaces {
  dlib::array<Image> images;
  std::vector<Objects> objects;

  void add(const cv::Mat& gray, Objects faces) {
    Image image(gray.rows, gray.cols);
    for (int y = 0; y < gray.rows; ++y) std::copy_n(gray.ptr(y), gray.cols, &image[y][0]);
    images.push_back(image);
    objects.push_back(std::move(faces));
  }
};

/// A square of the box's area about its middle: landmark models lay frames by similarities, which know no aspect ratio.
cv::Rect2f squared(const cv::Rect2f& box) {
  const float side = std::sqrt(box.area());
  return {box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side, side};
}

dlib::full_object_detection object_of(const cv::Rect2f& face_box, const Points& points, double scale) {
  const cv::Rect2f box = squared(face_box);
  const auto px = [scale](double x) { return std::lround(((x + 0.5) * scale) - 0.5); };
  std::vector<dlib::point> parts;
  for (const auto& p : points) parts.emplace_back(px(p.x), px(p.y));
  return {dlib::rectangle(px(box.x), px(box.y), px(box.x + box.width - 1), px(box.y + box.height - 1)), parts};
}

cv::Mat enlarged(const cv::Mat& gray, double scale) {
  if (scale == 1) return gray;
  cv::Mat large;
  cv::resize(gray, large, {static_cast<int>(std::lround(gray.cols * scale)), static_cast<int>(std::lround(gray.rows * scale))}, 0,
             0, cv::INTER_LINEAR);
  return large;
}

cv::Rect2f mirrored(const cv::Rect2f& box, int width) {
  return {static_cast<float>(width) - box.x - box.width, box.y, box.width, box.height};
}

/// The boxes as they are, and perturbed.
std::vector<FaceBoxes> box_versions(const FaceBoxes& boxes, const CascadeOptions& options) {
  std::vector<FaceBoxes> versions{boxes};
  for (int c = 0; c < options.copies; ++c)
    versions.push_back(perturbed_boxes(boxes, options.perturbation, static_cast<std::uint64_t>(options.seed), c));
  return versions;
}

void add_face(TrainingFaces& faces, const Sample& sample, const std::vector<FaceBoxes>& versions, std::size_t face, bool mirror) {
  const cv::Mat gray = to_gray(sample.image);
  const Points& points = sample.annotations.landmarks;
  const Points flipped = flip_points(points, gray.cols);
  const double eyes = inter_ocular_distance(points);
  const double scale = eyes > 0 && eyes < least_eye_distance_px ? std::min(4.0, least_eye_distance_px / eyes) : 1;
  const cv::Mat large = enlarged(gray, scale);
  Objects plain, turned;
  for (const auto& version : versions) {
    plain.push_back(object_of(version.boxes[face]->box, points, scale));
    turned.push_back(object_of(mirrored(version.boxes[face]->box, gray.cols), flipped, scale));
  }
  faces.add(large, std::move(plain));
  if (!mirror) return;
  cv::Mat picture;
  cv::flip(large, picture, 1);
  faces.add(picture, std::move(turned));
}

dlib::shape_predictor_trainer trainer_of(const CascadeOptions& o) {
  dlib::shape_predictor_trainer trainer;
  const auto number = [](std::int64_t value) { return static_cast<unsigned long>(value); };
  trainer.set_cascade_depth(number(o.cascade_depth));
  trainer.set_num_trees_per_cascade_level(number(o.trees));
  trainer.set_tree_depth(number(o.tree_depth));
  trainer.set_oversampling_amount(number(o.oversampling));
  trainer.set_feature_pool_size(number(o.feature_pool));
  trainer.set_num_test_splits(number(o.test_splits));
  trainer.set_nu(o.nu);
  trainer.set_lambda(o.lambda);
  trainer.set_feature_pool_region_padding(o.padding);
  trainer.set_random_seed(std::to_string(o.seed));
  trainer.set_num_threads(1);
  return trainer;
}

}  // namespace

void describe(CascadeOptions& o, OptionTable& table) {
  table.add("cascade", "cascade_depth", &o.cascade_depth, "stages of the cascade").range(1, 100);
  table.add("cascade", "trees", &o.trees, "regression trees a stage").range(1, 5000);
  table.add("cascade", "tree_depth", &o.tree_depth, "splits from root to leaf").range(1, 8);
  table.add("cascade", "oversampling", &o.oversampling, "starting shapes a face").range(1, 500);
  table.add("cascade", "feature_pool", &o.feature_pool, "pixels a stage").range(2, 10000);
  table.add("cascade", "test_splits", &o.test_splits, "splits tried a node").range(1, 1000);
  table.add("cascade", "nu", &o.nu, "share of a tree's answer that is taken").range(1e-4, 1);
  table.add("cascade", "lambda", &o.lambda, "nearness of compared pixels; small = near").range(1e-4, 10);
  table.add("cascade", "padding", &o.padding, "enlargement of the box that pixels are read from, share a side").range(-0.4, 2);
  table.add("cascade", "copies", &o.copies, "extra copies of each face with a perturbed box").range(0, 100);
  table.add("cascade", "perturbation", &o.perturbation, "how far those boxes are moved and scaled, share of their side")
      .range(0, 0.49);
  table.add("cascade", "mirror", &o.mirror, "also train on mirrored faces");
  table.add("cascade", "seed", &o.seed, "random seed").range(0, 1e15);
}

CascadeSummary train_cascade(const Dataset& dataset, const FaceBoxes& boxes, const CascadeOptions& options,
                             const std::filesystem::path& file, Progress& progress) {
  if (static_cast<std::int64_t>(boxes.boxes.size()) != dataset.size())
    throw Error(ErrorCode::usage, fmt::format("training a cascade: {} boxes for {} faces", boxes.boxes.size(), dataset.size()));
  const std::vector<FaceBoxes> versions = box_versions(boxes, options);
  TrainingFaces faces;
  CascadeSummary summary;
  for (std::int64_t i = 0; i < dataset.size(); ++i)
    if (boxes.boxes[static_cast<std::size_t>(i)]) {
      add_face(faces, load_landmark_face(dataset, i), versions, static_cast<std::size_t>(i), options.mirror);
      ++summary.faces;
    }
  if (summary.faces == 0)
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: no face has a box of detector '{}', nothing to train on", dataset.name, boxes.detector));
  summary.samples = summary.faces * static_cast<std::int64_t>(versions.size()) * (options.mirror ? 2 : 1);
  progress.begin(fmt::format("training {} x {} trees on {} faces", options.cascade_depth, options.trees, summary.samples), 0);
  const dlib::shape_predictor cascade = trainer_of(options).train(faces.images, faces.objects);
  write_atomically(file, [&](std::ostream& out) { dlib::serialize(cascade, out); });
  progress.end("");
  return summary;
}

}  // namespace mien
