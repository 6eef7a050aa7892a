// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/anomaly.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mien/base/error.h"

namespace mien {

namespace {

/// 1 / (samples of the class), or 1 when unbalanced.
std::vector<double> class_weights(std::span<const std::int64_t> labels, bool balanced) {
  const std::int64_t classes = labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
  std::vector<double> counts(static_cast<std::size_t>(classes), 0.0);
  for (const std::int64_t label : labels)
    if (label >= 0) ++counts[static_cast<std::size_t>(label)];
  for (double& count : counts) count = balanced ? 1 / std::max(count, 1.0) : 1;
  return counts;
}

/// Only ratios of a row's weights matter: the nearest weighs 1, so that rows of far neighbours do not underflow to 0 / 0.
double relative_weight(double distance, double nearest, const NeighbourOptions& edges) {
  const double more = edges.squared ? distance * distance - nearest * nearest : distance - nearest;
  return std::exp(-more / (edges.sigma * edges.sigma));
}

double disagreement_of(const NeighbourGraph& graph, std::int64_t i, std::span<const std::int64_t> labels,
                       const std::vector<double>& of_class, const NeighbourOptions& edges) {
  const std::int64_t own = labels[static_cast<std::size_t>(i)];
  if (own < 0) return 0;
  const auto row = static_cast<std::size_t>(i * graph.k);
  double all = 0, other = 0;
  for (std::size_t j = row; j < row + static_cast<std::size_t>(graph.k); ++j) {
    const std::int64_t label = labels[static_cast<std::size_t>(graph.indices[j])];
    if (label < 0) continue;
    const double weight =
        relative_weight(graph.distances[j], graph.distances[row], edges) * of_class[static_cast<std::size_t>(label)];
    all += weight;
    if (label != own) other += weight;
  }
  return all > 0 ? other / all : 0;
}

/// Mean rank of each value, 1 for the lowest; equal values share theirs.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = 0.5 * static_cast<double>(begin + 1 + end);
  }
  return ranks;
}

std::vector<double> isolation_of(const NeighbourGraph& graph, double share) {
  std::vector<double> means(static_cast<std::size_t>(graph.count));
  for (std::size_t i = 0; i < means.size(); ++i) {
    const auto row = graph.distances.begin() + static_cast<std::ptrdiff_t>(i) * graph.k;
    means[i] = std::accumulate(row, row + graph.k, 0.0) / static_cast<double>(graph.k);
  }
  std::vector<double> isolation = ranks_of(means);
  const double isolated = share * static_cast<double>(graph.count);
  for (double& value : isolation)
    value = isolated > 0 ? std::clamp(1 - (static_cast<double>(graph.count) - value) / isolated, 0.0, 1.0) : 0;
  return isolation;
}

}  // namespace

void describe(AnomalyOptions& options, OptionTable& table) {
  table.add("anomaly", "floor", &options.floor, "Weight of a sample that contradicts its neighbourhood wholly").range(0, 1);
  table.add("anomaly", "isolated_share", &options.isolated_share, "Share of the samples that count as isolated").range(0, 1);
  table.add("anomaly", "balance_classes", &options.balance_classes, "Neighbours of rare classes count for more");
}

Anomalies find_anomalies(const NeighbourGraph& graph, std::span<const std::int64_t> labels, const NeighbourOptions& edges,
                         const AnomalyOptions& options) {
  if (static_cast<std::int64_t>(labels.size()) != graph.count)
    throw Error(ErrorCode::bad_data, fmt::format("{} labels for {} vectors with neighbours", labels.size(), graph.count));
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < -1) throw Error(ErrorCode::bad_data, fmt::format("label {} of sample {} is no class", labels[i], i));
  const auto of_class = class_weights(labels, options.balance_classes);
  Anomalies result{.disagreement = {}, .isolation = isolation_of(graph, options.isolated_share), .weight = {}};
  for (std::int64_t i = 0; i < graph.count; ++i) {
    result.disagreement.push_back(disagreement_of(graph, i, labels, of_class, edges));
    const double agrees = (1 - result.disagreement.back()) * (1 - result.isolation[static_cast<std::size_t>(i)]);
    result.weight.push_back(1 - (1 - options.floor) * (1 - agrees));
  }
  return result;
}

}  // namespace mien
