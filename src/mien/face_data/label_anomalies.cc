// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_data/label_anomalies.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/face_geometry/action_unit_estimates.h"

namespace mien {
namespace {

/// The units of every sample, empty where it has none.
std::vector<std::vector<float>> units_of(const Dataset& dataset, ActionUnitSource source, int threads) {
  std::vector<std::vector<float>> units(dataset.records.size());
  parallel_for(dataset.size(), threads, [&](std::int64_t i) {
    const Annotations& a = dataset.records[static_cast<std::size_t>(i)].annotations;
    units[static_cast<std::size_t>(i)] = source == ActionUnitSource::measured ? a.action_units : estimated_units(a.landmarks);
  });
  return units;
}

[[noreturn]] void refuse_few(const Dataset& dataset, std::size_t described, std::int64_t k, ActionUnitSource source) {
  const bool measured = source == ActionUnitSource::measured;
  throw Error(
      ErrorCode::bad_data,
      fmt::format("data set '{}': {} of {} samples have {}, but {} neighbours each are asked for", dataset.name, described,
                  dataset.size(), measured ? "Action Units" : "landmarks to estimate Action Units from", k),
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

LabelAnomalies find_label_anomalies(const Dataset& dataset, ActionUnitSource source, const NeighbourOptions& neighbours,
                                    const AnomalyOptions& options, int threads) {
  LabelAnomalies found;
  std::vector<float> vectors;
  const auto units = units_of(dataset, source, threads);
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto& own = units[static_cast<std::size_t>(i)];
    if (own.size() != action_unit_names().size()) continue;
    found.positions.push_back(i);
    found.labels.push_back(dataset.records[static_cast<std::size_t>(i)].annotations.label);
    vectors.insert(vectors.end(), own.begin(), own.end());
  }
  if (static_cast<std::int64_t>(found.positions.size()) <= neighbours.k)
    refuse_few(dataset, found.positions.size(), neighbours.k, source);
  found.graph = build_neighbour_graph({vectors, static_cast<std::int64_t>(action_unit_names().size())}, neighbours, threads);
  found.scores = find_anomalies(found.graph, found.labels, neighbours, options);
  return found;
}

}  // namespace mien
