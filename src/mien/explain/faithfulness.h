// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/explain/explained_model.h"

namespace mien {

struct FaithfulnessOptions {
  std::int64_t steps = 20;       ///< parts in which the pixels are removed
  std::string replace = "blur";  ///< what removed pixels show, see baseline_images
  std::int64_t batch_size = 32;  ///< pictures that pass through the network at once
  std::uint64_t seed = 1;        ///< orders pixels of equal rank
};

/// How the probability of the explained class changes while pixels go, and come back, by the rank that a map gives them
/// (Petsiuk et al. 2018, arXiv 1806.07421). A good map has a small area under deletion and a large one under insertion.
struct FaithfulnessCurves {
  std::vector<double> deletion;                  ///< [steps+1] probability after the share k/steps of highest rank was replaced
  std::vector<double> insertion;                 ///< [steps+1] probability when only that share is shown
  double deletion_area = 0, insertion_area = 0;  ///< trapezoid rule over shares 0..1
};

/// Area under a curve sampled evenly over [0,1], trapezoid rule.
double area_under(const std::vector<double>& curve);

/// Curves of each of N pictures. `images` and `replacements` [N,C,H,W] on the model's device, `maps` [N,H,W]; `labels` [N] as
/// explained_labels gives them (-1: the predicted class is watched). Probabilities are softmax(logits / temperature).
std::vector<FaithfulnessCurves> faithfulness(const ExplainedModel& model, const torch::Tensor& images,
                                             const torch::Tensor& replacements, const torch::Tensor& maps,
                                             const torch::Tensor& labels, double temperature, const FaithfulnessOptions& options);

}  // namespace mien
