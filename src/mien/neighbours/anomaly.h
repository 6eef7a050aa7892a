// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mien/base/options.h"
#include "mien/neighbours/neighbour_graph.h"

namespace mien {

/// How much samples that contradict their neighbourhood count.
struct AnomalyOptions {
  double floor = 0.1;           ///< weight of a sample that contradicts it wholly
  double isolated_share = 0.1;  ///< of the samples: those farthest from their neighbours count as isolated; 0 = none
  bool balance_classes = true;  ///< a neighbour of a rare class counts for more
};

/// Adds the fields of `options` to `table`, section "anomaly".
void describe(AnomalyOptions& options, OptionTable& table);

/// How much each sample contradicts its neighbourhood (report 002, future work: anomalies among Action Unit vectors).
struct Anomalies {
  /// [n] 0..1: the share of the neighbours that carry another label. A neighbour counts by the weight of its edge and, when
  /// classes are balanced, by 1 / (samples of its class): else samples of rare classes would seem wrong for being few. Samples
  /// and neighbours without a label (-1) say nothing.
  std::vector<double> disagreement;
  /// [n] 0..1: 0 for all but the `isolated_share` of samples with the largest mean distance to their neighbours, then rising
  /// with the rank to 1 for the most isolated: a vector that resembles no other was probably measured wrong. Samples at one mean
  /// distance share their mean rank.
  std::vector<double> isolation;
  /// [n] floor..1: 1 - (1 - floor) s with s = 1 - (1 - disagreement) (1 - isolation).
  std::vector<double> weight;
};

/// Scores all samples of a graph. `labels` [n] are class numbers from 0 on, or -1. Edges weigh as `sigma` and `squared` say.
/// Throws Error{bad_data} when labels and graph do not fit.
Anomalies find_anomalies(const NeighbourGraph& graph, std::span<const std::int64_t> labels, const NeighbourOptions& edges,
                         const AnomalyOptions& options);

}  // namespace mien
