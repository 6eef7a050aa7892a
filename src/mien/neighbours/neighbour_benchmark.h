// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/neighbours/neighbour_graph.h"

namespace mien {

/// Made-up Action Unit vectors [count, dims], the same for the same seed. "intensity": 17 values 0..5 of drawn facial actions
/// (procedural/action_units.h; AU28 left out, as OpenFace has no intensity of it), with an error of deviation 0.3 and rounded
/// to 0.01 as in OpenFace's files. "presence": whether each of 18 such intensities is at least 1. "uniform" and "bits":
/// 17 independent values 0..5 and 18 independent presences, the worst cases. Throws Error{usage} for another kind.
struct MadeUpVectors {
  std::vector<float> values;
  std::int64_t dims = 0;
  VectorSet set() const { return {values, dims}; }
};
MadeUpVectors make_up_vectors(const std::string& kind, std::int64_t count, std::uint64_t seed);

struct NeighbourBenchOptions {
  std::vector<std::int64_t> counts{1000, 10'000, 100'000};
  std::vector<std::string> kinds{"intensity", "presence"};
  std::vector<std::string> searches{"exact", "hnsw"};
  std::int64_t queries = 200;  ///< vectors whose neighbours are looked up by brute force for comparison
  std::uint64_t seed = 1;
  int threads = 1;
};

/// One graph.
struct NeighbourBenchRow {
  std::string kind, search;
  std::int64_t count = 0, dims = 0, different = 0;  ///< vectors, their length, how many differ
  double seconds = 0;                               ///< to build the graph
  double cpu_seconds = 0;          ///< processor time of all threads for it: what a busy machine does not change much
  double brute_force_seconds = 0;  ///< processor time of a plain double loop over all pairs, from `queries` rows of it
  double recall = 0;               ///< share of neighbours that are as near as those of brute force
  double equal = 0;                ///< share of rows with the very neighbours of brute force
  double growth = 0;               ///< exponent of the processor time since the last smaller count; NaN at the first
};

/// Builds graphs of made-up vectors and compares them with brute force. Throws Error{interrupted} between graphs.
std::vector<NeighbourBenchRow> bench_neighbours(const NeighbourBenchOptions& options, const NeighbourOptions& neighbours,
                                                Progress& progress, const StopFlag& stop);

}  // namespace mien
