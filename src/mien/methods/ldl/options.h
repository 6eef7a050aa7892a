// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/options.h"
#include "mien/neighbours/neighbour_options.h"

namespace mien {

/// Label distribution learning (report 002; Zhao, Liu, Zhou 2021).
struct LdlOptions {
  /// What the output is compared with: teacher (what a frozen network answers, "LDG") | votes (the data set's distributions) |
  /// labels (one-hot: single label learning, "SLL") | smoothing (labels with the classifier's label_smoothing)
  std::string targets = "votes";
  std::string teacher;        ///< teacher: weights file or run folder of the frozen network; it sees the same augmented batch
  double temperature = 1;     ///< the teacher's logits are divided by it before the softmax
  std::string distributions;  ///< teacher: CSV file of its distributions by sample id, instead of running it
  double own_share = 0;       ///< teacher: share of the data set's own distribution (votes, else the label) in the target, 0..1
  /// element_mean (cross entropy over samples times classes, as the authors' code) | sample_mean (over samples: K times as large)
  /// | kl (Kullback-Leibler divergence over samples: the same gradient as sample_mean)
  std::string loss = "sample_mean";
  double neighbour_weight = 0;               ///< lambda of the neighbourhood term Omega; 0 = off; the report's is 0.01
  std::string neighbours = "memory";         ///< their outputs: memory (when they were last seen) | pass (computed anew)
  bool detach_neighbours = true;             ///< no gradient through f(x_j); memory has none
  std::string neighbour_reduction = "mean";  ///< of Omega over the samples of a batch: mean | sum
  NeighbourOptions graph;                    ///< the graph over the training samples' Action Units
  /// Where those come from: measured (the data set's: OpenFace's, FACS coders') | estimated (out of the 68 landmarks, by
  /// face_geometry/action_unit_estimates.h against an average face: coarse, and 0 for the units that points do not show)
  std::string action_units = "measured";
  double anomaly_floor = 1;  ///< weight of a sample whose Action Units contradict its label wholly; 1 = off
};
void describe(LdlOptions& options, OptionTable& table);

}  // namespace mien
