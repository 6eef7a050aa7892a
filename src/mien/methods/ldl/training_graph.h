// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/data/dataset.h"
#include "mien/face_data/label_anomalies.h"
#include "mien/methods/ldl/options.h"
#include "mien/nn/torch.h"

namespace mien {

/// The neighbours of a training part's n samples among their Action Units, on the CPU.
struct TrainingGraph {
  torch::Tensor neighbours;      ///< [n,k] int64: positions in the Dataset; 0 where a sample has no Action Units
  torch::Tensor edge_weights;    ///< [n,k] float: a_ij; 0 where a sample has no Action Units
  torch::Tensor sample_weights;  ///< [n] float, mean 1: little where Action Units contradict the label (neighbours/anomaly.h)
};

/// Samples without Action Units are nobody's neighbours. Throws Error{bad_data} when fewer than k + 1 samples have any.
TrainingGraph make_training_graph(const Dataset& training, const NeighbourOptions& options, double anomaly_floor,
                                  ActionUnitSource source = ActionUnitSource::measured);

}  // namespace mien
