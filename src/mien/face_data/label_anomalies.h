// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/neighbours/anomaly.h"
#include "mien/neighbours/neighbour_graph.h"

namespace mien {

/// Whose Action Units: the data set's, or estimates from its landmarks.
enum class ActionUnitSource { measured, estimated };

/// [18] Action Units estimated from 68 landmarks, 0 for units that points do not show; empty when no head fits them.
std::vector<float> estimated_units(const std::vector<cv::Point2f>& landmarks);

/// The neighbours of a data set's samples among their Action Units, and how much each contradicts them. Rows are the samples that
/// have Action Units.
struct LabelAnomalies {
  std::vector<std::int64_t> positions;  ///< [rows] in the Dataset
  std::vector<std::int64_t> labels;     ///< [rows] class, -1 = none
  NeighbourGraph graph;                 ///< its indices are rows
  Anomalies scores;                     ///< [rows]
};

/// @param threads  0 = all cores; the answer does not depend on them
/// Throws Error{bad_data} when fewer than k + 1 samples have Action Units.
LabelAnomalies find_label_anomalies(const Dataset& dataset, ActionUnitSource source, const NeighbourOptions& neighbours,
                                    const AnomalyOptions& options, int threads = 0);

}  // namespace mien
