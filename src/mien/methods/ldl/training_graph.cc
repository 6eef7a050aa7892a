// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/training_graph.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/face_geometry/action_unit_estimates.h"
#include "mien/neighbours/anomaly.h"
#include "mien/neighbours/neighbour_graph.h"

namespace mien {
namespace {

/// The samples that have Action Units.
struct Described {
  std::vector<std::int64_t> positions, labels;
  std::vector<float> units;
};

/// The units of every sample, empty where it has none.
std::vector<std::vector<float>> units_of(const Dataset& training, ActionUnitSource source) {
  std::vector<std::vector<float>> units(training.records.size());
  parallel_for(training.size(), torch::get_num_threads(), [&](std::int64_t i) {
    const Annotations& a = training.records[static_cast<std::size_t>(i)].annotations;
    units[static_cast<std::size_t>(i)] = source == ActionUnitSource::measured ? a.action_units : estimated_units(a.landmarks);
  });
  return units;
}

Described described_samples(const Dataset& training, ActionUnitSource source) {
  Described out;
  const auto units = units_of(training, source);
  for (std::int64_t i = 0; i < training.size(); ++i) {
    const auto& own = units[static_cast<std::size_t>(i)];
    if (own.size() != action_unit_names().size()) continue;
    out.positions.push_back(i);
    out.labels.push_back(training.records[static_cast<std::size_t>(i)].annotations.label);
    out.units.insert(out.units.end(), own.begin(), own.end());
  }
  return out;
}

[[noreturn]] void refuse_few(const Dataset& training, std::size_t described, std::int64_t k, ActionUnitSource source) {
  const bool measured = source == ActionUnitSource::measured;
  throw Error(
      ErrorCode::bad_data,
      fmt::format("data set '{}': {} of {} training samples have {}, but {} neighbours each are asked for", training.name,
                  described, training.size(), measured ? "Action Units" : "landmarks to estimate Action Units from", k),
      measured
          ? "Name OpenFace's CSV files with --action-units PATH, or estimate them from landmarks: --ldl-action-units estimated "
            "--landmark-table FILE."
          : "Find the points with 'mien data landmarks DATA -o FOLDER' and name them with --landmark-table "
            "FOLDER/landmarks.csv.");
}

}  // namespace

std::vector<float> estimated_units(const std::vector<cv::Point2f>& landmarks) {
  constexpr std::size_t points = 68;
  if (landmarks.size() != points) return {};
  try {
    std::vector<float> units = estimate_action_units(landmarks);
    for (float& unit : units)
      if (!std::isfinite(unit)) unit = 0;
    return units;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_data) return {};
    throw;
  }
}

TrainingGraph make_training_graph(const Dataset& training, const NeighbourOptions& options, double anomaly_floor,
                                  ActionUnitSource source) {
  const Described samples = described_samples(training, source);
  if (static_cast<std::int64_t>(samples.positions.size()) <= options.k)
    refuse_few(training, samples.positions.size(), options.k, source);
  const NeighbourGraph graph =
      build_neighbour_graph({samples.units, static_cast<std::int64_t>(action_unit_names().size())}, options);
  const std::vector<double> edges = edge_weights(graph, options.sigma, options.squared);
  const std::vector<double> trust = find_anomalies(graph, samples.labels, options, {.floor = anomaly_floor}).weight;

  TrainingGraph out{torch::zeros({training.size(), graph.k}, torch::kInt64), torch::zeros({training.size(), graph.k}),
                    torch::ones({training.size()})};
  auto neighbours = out.neighbours.accessor<std::int64_t, 2>();
  auto weights = out.edge_weights.accessor<float, 2>();
  auto sample_weights = out.sample_weights.accessor<float, 1>();
  for (std::size_t i = 0; i < samples.positions.size(); ++i) {
    const std::int64_t row = samples.positions[i];
    sample_weights[row] = static_cast<float>(trust[i]);
    for (std::int64_t j = 0; j < graph.k; ++j) {
      const std::size_t at = i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(j);
      neighbours[row][j] = samples.positions[static_cast<std::size_t>(graph.indices[at])];
      weights[row][j] = static_cast<float>(edges[at]);
    }
  }
  out.sample_weights /= out.sample_weights.mean();
  return out;
}

}  // namespace mien
