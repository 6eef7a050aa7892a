// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/neighbours/neighbour_benchmark.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using Floats = std::vector<float>;
using Indices = std::vector<std::int64_t>;

NeighbourGraph exact(const Floats& values, std::int64_t dims, std::int64_t k, int threads = 1) {
  return build_neighbour_graph({values, dims}, {.k = k, .search = "exact"}, threads);
}

Indices row(const NeighbourGraph& graph, std::int64_t i) {
  return {graph.indices.begin() + i * graph.k, graph.indices.begin() + (i + 1) * graph.k};
}

/// Graphs of several k: the first of all others by squared distance and index, by sorting all of them.
void expect_brute_force(const std::vector<NeighbourGraph>& graphs, const Floats& values, std::int64_t dims,
                        const std::string& what) {
  const auto count = static_cast<std::int64_t>(values.size()) / dims;
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<std::pair<double, std::int64_t>> others;
    for (std::int64_t j = 0; j < count; ++j) {
      double sum = 0;
      for (std::int64_t d = 0; d < dims; ++d) {
        const double difference = static_cast<double>(values[static_cast<std::size_t>(i * dims + d)]) -
                                  static_cast<double>(values[static_cast<std::size_t>(j * dims + d)]);
        sum += difference * difference;
      }
      if (j != i) others.emplace_back(sum, j);
    }
    std::sort(others.begin(), others.end());
    for (const auto& graph : graphs) {
      ASSERT_EQ(graph.indices.size(), static_cast<std::size_t>(count * graph.k)) << what;
      for (std::int64_t j = 0; j < graph.k; ++j) {
        const auto place = static_cast<std::size_t>(i * graph.k + j);
        ASSERT_EQ(graph.indices[place], others[static_cast<std::size_t>(j)].second) << what << ", neighbour " << j << " of " << i;
        ASSERT_EQ(graph.distances[place], std::sqrt(others[static_cast<std::size_t>(j)].first)) << what << ", " << i;
      }
    }
  }
}

/// A number that changes when any index or its place does.
std::int64_t checksum(const Indices& indices) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < indices.size(); ++i) sum += indices[i] * static_cast<std::int64_t>(i % 1009 + 1);
  return sum;
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

Floats drawn(std::int64_t count, std::uint64_t seed, const std::function<double(Random&)>& draw) {
  Random random(seed);
  Floats values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(draw(random));
  return values;
}

TEST(NeighbourGraph, GoldenNeighboursAndWeights) {
  MIEN_GOLDEN_OR_SKIP(file, "losses/ldg.json");
  EXPECT_TRUE(file.at("neighbourhood").at("binary").contains("alternative_weight_with_squared_norm_sigma_1"));
  for (const char* kind : {"binary", "intensity"}) {
    const auto& golden = file.at("neighbourhood").at(kind);
    Floats values;
    for (const auto& vector : golden.at("vectors"))
      for (const auto& value : vector) values.push_back(value.get<float>());
    const auto graph = exact(values, 18, golden.at("k"));
    std::size_t cases = 0;
    for (std::int64_t i = 0; i < graph.count; ++i) {
      EXPECT_EQ(row(graph, i), golden.at("neighbours")[static_cast<std::size_t>(i)].get<Indices>()) << kind << " " << i;
      for (std::int64_t j = 0; j < graph.k; ++j) {
        const auto place = static_cast<std::size_t>(i * graph.k + j);
        const auto r = static_cast<std::size_t>(i), c = static_cast<std::size_t>(j);
        EXPECT_NEAR(graph.distances[place], golden.at("distances")[r][c].get<double>(), 1e-6) << kind << " " << i;
        for (const auto& one : golden.at("cases"))
          if (!one.at("weights").is_null()) {
            EXPECT_NEAR(edge_weights(graph, one.at("sigma"))[place], one.at("weights")[r][c].get<double>(), 1e-6);
            ++cases;
          }
      }
    }
    EXPECT_GE(cases, 48u) << kind;
    if (golden.contains("alternative_weight_with_squared_norm_sigma_1")) {
      Floats expected;
      for (const auto& weights : golden.at("alternative_weight_with_squared_norm_sigma_1"))
        for (const auto& weight : weights) expected.push_back(weight.get<float>());
      const auto got = edge_weights(graph, 1, true);
      ASSERT_EQ(got.size(), expected.size());
      for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-7) << i;
    }
  }
}

// Expected values: NumPy, all pairs in float64 and a sort by distance and index.
TEST(NeighbourGraph, NumpyNeighbours) {
  auto values = testing::fill("neighbours.reals", {1500, 17}, "input_01");
  auto graph = exact(values, 17, 4);
  EXPECT_EQ(row(graph, 750), (Indices{1421, 1433, 290, 1354}));
  EXPECT_EQ(checksum(graph.indices), 2254791062);
  EXPECT_NEAR(sum_of(graph.distances), 5667.14759755, 1e-7);

  values = testing::fill("neighbours.binary", {4000, 18}, "input_01");
  for (float& value : values) value = value < 0.25f ? 1 : 0;
  graph = exact(values, 18, 4, 3);
  EXPECT_EQ(row(graph, 3999), (Indices{1831, 3703, 58, 712}));
  EXPECT_EQ(checksum(graph.indices), 10059873300);
  EXPECT_NEAR(sum_of(graph.distances), 16325.7653794, 1e-6);

  values = testing::fill("neighbours.few", {3000, 6}, "input_01");
  for (float& value : values) value = value < 0.5f ? 1 : 0;
  graph = exact(values, 6, 7);
  EXPECT_EQ(row(graph, 0), (Indices{4, 57, 129, 233, 329, 341, 344}));
  EXPECT_EQ(checksum(graph.indices), 2671717001);
  EXPECT_EQ(sum_of(graph.distances), 0);
}

TEST(NeighbourGraph, ExactIsBruteForceForAllKindsOfVectors) {
  const auto check = [](const Floats& values, std::int64_t dims, const std::string& what) {
    expect_brute_force({exact(values, dims, 1), exact(values, dims, 4, 2), exact(values, dims, 13)}, values, dims, what);
  };
  check(make_up_vectors("intensity", 1200, 3).values, 17, "intensity");
  check(make_up_vectors("presence", 1200, 3).values, 18, "presence");
  check(make_up_vectors("uniform", 700, 3).values, 17, "uniform");
  check(make_up_vectors("bits", 700, 3).values, 18, "bits");
  check(drawn(600, 1, [](Random& r) { return r.normal(); }), 1, "a line");
  check(drawn(1200, 2, [](Random& r) { return static_cast<double>(r.integer(7)); }), 2, "a grid");
  check(Floats(300, 2.5f), 3, "all equal");
  check(drawn(900, 4, [](Random& r) { return std::pow(2.0, -r.uniform(0, 60)); }), 3, "many magnitudes");
  check(drawn(900, 5, [](Random& r) { return 1e30 * r.normal(); }), 3, "squares beyond float");
  check(drawn(900, 6, [](Random& r) { return 1e-30 * r.normal(); }), 3, "squares below float");
}

TEST(NeighbourGraph, ThreadsDoNotMatter) {
  const auto values = make_up_vectors("presence", 3000, 8).values;
  for (const char* search : {"exact", "hnsw"}) {
    const auto one = build_neighbour_graph({values, 18}, {.search = search}, 1);
    const auto three = build_neighbour_graph({values, 18}, {.search = search}, 3);
    EXPECT_EQ(one.indices, three.indices) << search;
    EXPECT_EQ(one.distances, three.distances) << search;
  }
}

TEST(NeighbourGraph, AnotherOrderOfTheVectorsIsTheSameGraph) {
  constexpr std::int64_t count = 800, dims = 5;
  const auto values = drawn(count * dims, 7, [](Random& r) { return r.normal(); });
  Indices order(count);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  Random(9).shuffle(order);
  Floats moved;
  for (const auto i : order) moved.insert(moved.end(), values.begin() + i * dims, values.begin() + (i + 1) * dims);
  const auto graph = exact(values, dims, 4), other = exact(moved, dims, 4);
  for (std::int64_t i = 0; i < count; ++i) {
    Indices back = row(other, i);
    for (auto& index : back) index = order[static_cast<std::size_t>(index)];
    EXPECT_EQ(back, row(graph, order[static_cast<std::size_t>(i)]));
  }
}

TEST(NeighbourGraph, EqualVectorsAreNeighboursByTheirIndices) {
  // Vectors 1, 3, 4, 6 and 7 are equal; -0 is 0.
  const Floats values = {5, 5, 0, 1, 9, 9, 0, 1, -0.0f, 1, 5, 6, 0, 1, 0, 1};
  const auto graph = exact(values, 2, 3);
  EXPECT_EQ(row(graph, 1), (Indices{3, 4, 6}));
  EXPECT_EQ(row(graph, 4), (Indices{1, 3, 6}));
  EXPECT_EQ(row(graph, 7), (Indices{1, 3, 4}));
  EXPECT_EQ(row(graph, 0), (Indices{5, 2, 1}));
  EXPECT_EQ(graph.distances[3 * 7 + 2], 0);
}

TEST(NeighbourGraph, BadInputIsNamed) {
  const auto error_of = [](Floats values, std::int64_t dims, std::int64_t k) {
    try {
      exact(values, dims, k);
    } catch (const Error& error) {
      return std::pair(error.code(), std::string(error.what()));
    }
    return std::pair(ErrorCode::io, std::string("accepted"));
  };
  const float nan = std::nanf(""), infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of({1, 2, 3, 4, nan, 6}, 2, 1),
            std::pair(ErrorCode::numeric, std::string("vector 2 of 3 has nan at place 0, a finite number is needed")));
  EXPECT_EQ(error_of({1, 2, 3, -infinite, 5, 6}, 2, 1).first, ErrorCode::numeric);
  EXPECT_EQ(error_of({1, 2, 3, 4, 5}, 2, 1).first, ErrorCode::bad_data);
  EXPECT_EQ(error_of({1, 2, 3, 4}, 1, 4),
            std::pair(ErrorCode::bad_data, std::string("4 neighbours of each of 4 vectors were asked for")));
  EXPECT_EQ(error_of({}, 1, 1).first, ErrorCode::bad_data);
  EXPECT_EQ(row(exact({1, 2, 3, 4.5f}, 1, 3), 3), (Indices{2, 1, 0}));  // k = n - 1 is possible
}

TEST(NeighbourGraph, HnswFindsNearlyAllAndNeverAnInvalidOne) {
  for (const char* kind : {"intensity", "presence"}) {
    const auto made = make_up_vectors(kind, 4000, 5);
    const auto truth = build_neighbour_graph(made.set(), {.search = "exact"}, 1);
    const auto graph = build_neighbour_graph(made.set(), {.search = "hnsw"}, 1);
    EXPECT_EQ(graph.search, "hnsw");
    double found = 0;
    for (std::int64_t i = 0; i < graph.count; ++i)
      for (std::int64_t j = 0; j < graph.k; ++j) {
        const auto place = static_cast<std::size_t>(i * graph.k + j);
        const std::int64_t other = graph.indices[place];
        ASSERT_TRUE(other >= 0 && other < graph.count && other != i);
        ASSERT_EQ(graph.distances[place], std::sqrt(squared_distance(made.set()[i].data(), made.set()[other].data(), made.dims)));
        ASSERT_GE(graph.distances[place], truth.distances[place]);
        found += graph.distances[place] <= truth.distances[static_cast<std::size_t>(i * graph.k + graph.k - 1)];
      }
    EXPECT_GE(found / static_cast<double>(graph.indices.size()), 0.99) << kind;
  }
  // Fewer different vectors than neighbours: every row is full all the same.
  const Floats few = {0, 0, 0, 1, 1, 0, 1, 1};
  EXPECT_EQ(row(build_neighbour_graph({few, 1}, {.k = 6, .search = "hnsw"}, 1), 0), (Indices{1, 2, 5, 3, 4, 6}));
}

TEST(NeighbourGraph, AutoIsExactWhereThatIsQuick) {
  const auto made = make_up_vectors("presence", 30000, 5);  // thousands of them differ, all are near others
  EXPECT_EQ(build_neighbour_graph(made.set(), {}, 1).search, "exact");
}

}  // namespace
}  // namespace mien
