// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/base/text.h"
#include "mien/neighbours/vertices.h"
#include "mien/procedural/action_units.h"

namespace mien {

namespace {

using Clock = std::chrono::steady_clock;
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Intensities [18] of one drawn face: an emotion of some strength, sometimes with a second one, or none.
std::vector<float> drawn_intensities(Random& random) {
  procedural::EmotionStrengths strengths{};
  for (int emotions = random.chance(0.3) ? 2 : 1; emotions > 0; --emotions) {
    const auto which = static_cast<std::size_t>(random.integer(procedural::expression_count));
    if (which != procedural::neutral) strengths[which] = random.uniform(0.2, 1);
  }
  auto intensities = procedural::draw_action(strengths, random).intensities();
  for (float& value : intensities)
    value = static_cast<float>(std::round(std::clamp(value + 0.3 * random.normal(), 0.0, 5.0) * 100) / 100);
  return intensities;
}

/// [18] without any order.
std::vector<float> independent_intensities(Random& random) {
  std::vector<float> intensities(procedural::action_unit_count);
  for (float& value : intensities) value = static_cast<float>(random.uniform(0, 5));
  return intensities;
}

struct TrueNeighbours {
  std::vector<std::int64_t> queries;
  std::vector<std::vector<std::pair<double, std::int64_t>>> rows;  ///< k each, distance and index
  double seconds = 0;                                              ///< for all vectors, from the time of these
};

TrueNeighbours brute_force(const VectorSet& vectors, std::int64_t k, std::int64_t queries) {
  TrueNeighbours result;
  queries = std::min(queries, vectors.count());
  const double start = cpu_seconds();
  std::vector<std::pair<double, std::int64_t>> all;
  for (std::int64_t q = 0; q < queries; ++q) {
    const std::int64_t i = q * vectors.count() / queries;
    all.clear();
    for (std::int64_t j = 0; j < vectors.count(); ++j)
      if (j != i) all.emplace_back(squared_distance(vectors[i].data(), vectors[j].data(), vectors.dims), j);
    std::partial_sort(all.begin(), all.begin() + k, all.end());
    for (std::int64_t j = 0; j < k; ++j)
      all[static_cast<std::size_t>(j)].first = std::sqrt(all[static_cast<std::size_t>(j)].first);
    result.queries.push_back(i);
    result.rows.emplace_back(all.begin(), all.begin() + k);
  }
  result.seconds = (cpu_seconds() - start) * static_cast<double>(vectors.count()) / static_cast<double>(queries);
  return result;
}

void compare(const NeighbourGraph& graph, const TrueNeighbours& truth, NeighbourBenchRow& row) {
  double found = 0, equal = 0;
  for (std::size_t q = 0; q < truth.queries.size(); ++q) {
    const auto& expected = truth.rows[q];
    bool same = true;
    for (std::size_t j = 0; j < expected.size(); ++j) {
      const auto place = static_cast<std::size_t>(truth.queries[q] * graph.k) + j;
      found += graph.distances[place] <= expected.back().first;
      same = same && graph.indices[place] == expected[j].second;
    }
    equal += same;
  }
  row.recall = found / static_cast<double>(truth.queries.size() * static_cast<std::size_t>(graph.k));
  row.equal = equal / static_cast<double>(truth.queries.size());
}

NeighbourBenchRow measure(const VectorSet& vectors, const NeighbourOptions& options, const TrueNeighbours& truth, int threads) {
  NeighbourBenchRow row{.kind = {}, .search = options.search, .count = vectors.count(), .dims = vectors.dims};
  row.different = vertices_of(vectors).count();
  row.brute_force_seconds = truth.seconds;
  const auto start = Clock::now();
  const double cpu_start = cpu_seconds();
  const auto graph = build_neighbour_graph(vectors, options, threads);
  row.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  row.cpu_seconds = cpu_seconds() - cpu_start;
  if (options.search == "auto") row.search += ": " + graph.search;
  compare(graph, truth, row);
  return row;
}

/// Exponent of the time since the last smaller graph of the same kind and search.
double growth(const std::vector<NeighbourBenchRow>& rows, const NeighbourBenchRow& row) {
  for (auto before = rows.rbegin(); before != rows.rend(); ++before)
    if (before->kind == row.kind && before->search == row.search && before->count < row.count)
      return std::log(row.cpu_seconds / before->cpu_seconds) /
             std::log(static_cast<double>(row.count) / static_cast<double>(before->count));
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

MadeUpVectors make_up_vectors(const std::string& kind, std::int64_t count, std::uint64_t seed) {
  const std::vector<std::string> kinds = {"intensity", "presence", "uniform", "bits"};
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    throw Error(ErrorCode::usage, fmt::format("there are no vectors of the kind '{}'", kind), suggestion(kind, kinds));
  const bool binary = kind == "presence" || kind == "bits", drawn = kind == "intensity" || kind == "presence";
  MadeUpVectors made{.values = {}, .dims = binary ? 18 : 17};
  made.values.reserve(static_cast<std::size_t>(count * made.dims));
  for (std::int64_t i = 0; i < count; ++i) {
    Random random(seed, 0, 0, static_cast<std::uint64_t>(i));
    auto intensities = drawn ? drawn_intensities(random) : independent_intensities(random);
    if (binary) {
      for (const float value : intensities) made.values.push_back(value >= (drawn ? 1.0f : 2.5f) ? 1.0f : 0.0f);
      continue;
    }
    intensities.erase(intensities.begin() + procedural::lip_suck);
    made.values.insert(made.values.end(), intensities.begin(), intensities.end());
  }
  return made;
}

std::vector<NeighbourBenchRow> bench_neighbours(const NeighbourBenchOptions& options, const NeighbourOptions& neighbours,
                                                Progress& progress, const StopFlag& stop) {
  std::vector<NeighbourBenchRow> rows;
  for (const auto& kind : options.kinds)
    for (const std::int64_t count : options.counts) {
      if (count <= neighbours.k)
        throw Error(ErrorCode::usage, fmt::format("{} vectors are too few for {} neighbours", count, neighbours.k));
      const auto made = make_up_vectors(kind, count, options.seed);
      const auto truth = brute_force(made.set(), neighbours.k, options.queries);
      for (const auto& search : options.searches) {
        if (stop.requested()) throw Error(ErrorCode::interrupted, "stopped before the next graph");
        NeighbourOptions asked = neighbours;
        asked.search = search;
        auto row = measure(made.set(), asked, truth, options.threads);
        row.kind = kind;
        row.growth = growth(rows, row);
        progress.info(fmt::format("{} {}: {} in {:.3f} s", count, kind, row.search, row.seconds));
        rows.push_back(row);
      }
    }
  return rows;
}

}  // namespace mien
