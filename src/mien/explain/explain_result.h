// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/explain/class_averages.h"
#include "mien/explain/mean_interval.h"
#include "mien/explain/method_list.h"
#include "mien/explain/part_shares.h"
#include "mien/loading/host_batch.h"

namespace mien {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// What one method said about one image.
struct ImageOfMethod {
  PartShares shares;                       ///< empty without landmarks
  double completeness_gap = not_measured;  ///< in logits; integrated gradients only
  double deletion_area = not_measured, insertion_area = not_measured;
};

/// A number that a method knows of itself for an image.
struct OwnNumber {
  std::string name;   ///< "prior_correlation"
  std::string model;  ///< "" = the explained model, else the one beside it
};

struct ExplainedImage {
  std::string id;
  int truth = -1;  ///< class, -1 = unknown
  int predicted = -1;
  double confidence = 0;               ///< calibrated probability of the predicted class
  int target = -1;                     ///< class that is explained, -1 = the sum of all logits
  double value = 0;                    ///< the explained logit or sum
  std::vector<double> areas;           ///< of FaceRegions; empty without landmarks
  std::vector<ImageOfMethod> methods;  ///< in the order of ExplainResult::methods
  std::vector<double> own;             ///< in the order of ExplainResult::own_numbers; NaN = none
  std::string panel, maps;             ///< files in the output folder; empty = none
  std::vector<std::uint8_t> picture;   ///< the panel as JPEG for the page
};

/// How much better than a control, paired over the images: positive is better for both.
struct GainOverControl {
  std::string control;
  MeanInterval deletion, insertion;
};

struct MethodSummary {
  MapMethod method;
  double ms_per_image = 0;
  std::int64_t empty_maps = 0;  ///< images whose map is zero everywhere (Grad-CAM without positive evidence)
  MeanInterval completeness_gap, deletion, insertion;          ///< n = 0 where not measured
  std::vector<double> deletion_curve, insertion_curve;         ///< means; empty where not measured
  std::vector<GainOverControl> gains;                          ///< of methods that are no controls
  std::vector<MeanInterval> positive_shares, absolute_shares;  ///< by region; empty without landmarks
};

struct ExplainResult {
  std::string title;
  std::vector<std::string> class_names;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<MethodSummary> methods;
  std::vector<OwnNumber> own_numbers;
  std::vector<MeanInterval> own_means;
  std::vector<ExplainedImage> images;
  std::vector<double> mean_areas;  ///< of FaceRegions; empty without landmarks
  std::vector<BadSample> failures;
  std::optional<ClassAverages> averages;
  std::vector<std::string> notes;  ///< pictures that were left out, and why
};

}  // namespace mien
