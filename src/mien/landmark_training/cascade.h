// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "mien/base/options.h"
#include "mien/base/progress.h"
#include "mien/landmark_training/scoring.h"

namespace mien {

/// A cascade of regression trees (Kazemi and Sullivan, CVPR 2014), trained by dlib's shape_predictor_trainer.
struct CascadeOptions {
  std::int64_t cascade_depth = 10;  ///< stages
  std::int64_t trees = 300;         ///< a stage
  std::int64_t tree_depth = 4;      ///< 2^depth leaves a tree
  std::int64_t oversampling = 10;   ///< starting shapes a face
  std::int64_t feature_pool = 400;  ///< pixels a stage
  std::int64_t test_splits = 20;    ///< splits tried a node
  double nu = 0.1;                  ///< share of a tree's answer that is taken: small = slower and smoother
  double lambda = 0.1;              ///< pixels that are compared lie near each other: small = nearer
  double padding = 0;               ///< pixels are read from the box of the mean shape, enlarged by this share on each side
  std::int64_t copies = 1;          ///< extra copies of each face with a perturbed box
  double perturbation = 0.08;       ///< of those boxes, share of their side
  bool mirror = true;               ///< every face mirrored, too
  std::int64_t seed = 1;
};
void describe(CascadeOptions& options, OptionTable& table);

/// Trains on the faces that have a box, in squares about the boxes, and writes the cascade in dlib's format. Points are taken to
/// whole pixels (dlib's trainer does). Runs on one thread; memory grows with faces x oversampling. Throws Error{bad_data} when no
/// face has a box, Error{io}.
struct CascadeSummary {
  std::int64_t faces = 0;    ///< that had a box
  std::int64_t samples = 0;  ///< with mirrored and perturbed copies, before oversampling
};
CascadeSummary train_cascade(const Dataset& dataset, const FaceBoxes& boxes, const CascadeOptions& options,
                             const std::filesystem::path& file, Progress& progress);

}  // namespace mien
