// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/training_graph.h"

namespace mien {

TrainingGraph make_training_graph(const Dataset& training, const NeighbourOptions& options, double anomaly_floor,
                                  ActionUnitSource source) {
  const LabelAnomalies found = find_label_anomalies(training, source, options, {.floor = anomaly_floor}, torch::get_num_threads());
  const NeighbourGraph& graph = found.graph;
  const std::vector<double> edges = edge_weights(graph, options.sigma, options.squared);

  TrainingGraph out{torch::zeros({training.size(), graph.k}, torch::kInt64), torch::zeros({training.size(), graph.k}),
                    torch::ones({training.size()})};
  auto neighbours = out.neighbours.accessor<std::int64_t, 2>();
  auto weights = out.edge_weights.accessor<float, 2>();
  auto sample_weights = out.sample_weights.accessor<float, 1>();
  for (std::size_t i = 0; i < found.positions.size(); ++i) {
    const std::int64_t row = found.positions[i];
    sample_weights[row] = static_cast<float>(found.scores.weight[i]);
    for (std::int64_t j = 0; j < graph.k; ++j) {
      const std::size_t at = i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(j);
      neighbours[row][j] = found.positions[static_cast<std::size_t>(graph.indices[at])];
      weights[row][j] = static_cast<float>(edges[at]);
    }
  }
  out.sample_weights /= out.sample_weights.mean();
  return out;
}

}  // namespace mien
