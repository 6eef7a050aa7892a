// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "mien/cli/command_bench.h"
#include "mien/cli/flags.h"
#include "mien/cli/result_table.h"
#include "mien/neighbours/neighbour_benchmark.h"

namespace mien::cli {
namespace {

struct NeighboursArguments {
  NeighbourBenchOptions options;
  NeighbourOptions neighbours;
};

const std::vector<std::string> kColumns = {"vectors", "length",  "count",      "different",
                                           "search",  "build_s", "cpu_s",      "brute_force_cpu_s",
                                           "ratio",   "recall",  "equal_rows", "growth_exponent"};

std::vector<std::string> cells(const NeighbourBenchRow& row) {
  return {row.kind,
          std::to_string(row.dims),
          std::to_string(row.count),
          std::to_string(row.different),
          row.search,
          fmt::format("{:.4g}", row.seconds),
          fmt::format("{:.4g}", row.cpu_seconds),
          fmt::format("{:.4g}", row.brute_force_seconds),
          fmt::format("{:.3g}", row.brute_force_seconds / row.cpu_seconds),
          fmt::format("{:.4f}", row.recall),
          fmt::format("{:.4f}", row.equal),
          std::isnan(row.growth) ? "" : fmt::format("{:.2f}", row.growth)};
}

int run_bench_neighbours(Session& session, const NeighboursArguments& a) {
  const auto progress = make_progress(session, true);
  std::vector<std::vector<std::string>> table;
  for (const auto& row : bench_neighbours(a.options, a.neighbours, *progress, session.stop)) table.push_back(cells(row));
  print_table(session, kColumns, table);
  return 0;
}

}  // namespace

void add_bench_neighbours(CLI::App& bench, Session& session) {
  auto* command =
      bench.add_subcommand("neighbours", "Time and check graphs of nearest neighbours among made-up Action Unit vectors");
  auto a = std::make_shared<NeighboursArguments>();
  NeighbourBenchOptions& o = a->options;
  NeighbourOptions& n = a->neighbours;
  command
      ->add_option("--vectors", o.kinds,
                   "intensity (17 values 0..5), presence (18 of 0 or 1), uniform and bits (the same, independent)")
      ->delimiter(',')
      ->check(CLI::IsMember({"intensity", "presence", "uniform", "bits"}))
      ->capture_default_str();
  command->add_option("--count", o.counts, "How many vectors, rising")
      ->delimiter(',')
      ->check(CLI::Range(2, 100'000'000))
      ->capture_default_str();
  command->add_option("--search", o.searches, "exact, hnsw, auto")
      ->delimiter(',')
      ->check(CLI::IsMember({"exact", "hnsw", "auto"}))
      ->capture_default_str();
  command->add_option("-k,--neighbours", n.k, "Neighbours of each vector")->check(CLI::Range(1, 1000))->capture_default_str();
  command->add_option("--queries", o.queries, "Vectors whose neighbours are looked up by brute force for comparison")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--hnsw-links", n.hnsw_links, "Links of a vector in the graph of hnsw")
      ->check(CLI::Range(2, 200))
      ->capture_default_str();
  command->add_option("--hnsw-build", n.hnsw_build, "Candidates that hnsw keeps while it inserts a vector")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--hnsw-search", n.hnsw_search, "Candidates that hnsw keeps while it looks for neighbours")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--threads", o.threads, "Threads; 0 = all cores")->check(CLI::Range(0, 1024))->capture_default_str();
  command->add_option("--seed", o.seed, "Seed of the vectors")->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return run_bench_neighbours(session, *a); }; });
}

}  // namespace mien::cli
