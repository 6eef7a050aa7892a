// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_file.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/neighbours/neighbour_benchmark.h"

namespace mien {
namespace {

class NeighbourFile : public ::testing::Test {
 protected:
  fs::path file() const { return folder_.path() / "neighbours.csv"; }
  void save(const NeighbourOptions& options) {
    graph_ = build_neighbour_graph(made_.set(), options, 1);
    save_neighbour_graph(file(), graph_, made_.set(), options);
  }
  /// Code and message of loading.
  std::pair<ErrorCode, std::string> refusal(const VectorSet& vectors, const NeighbourOptions& options) const {
    try {
      load_neighbour_graph(file(), vectors, options);
    } catch (const Error& error) {
      return {error.code(), error.what()};
    }
    return {ErrorCode::interrupted, "accepted"};
  }

  TemporaryFolder folder_;
  MadeUpVectors made_ = make_up_vectors("intensity", 300, 1);
  NeighbourGraph graph_;
};

TEST_F(NeighbourFile, ReadsBackBitForBit) {
  for (const char* search : {"exact", "hnsw", "auto"}) {
    const NeighbourOptions options{.k = 3, .search = search};
    save(options);
    const auto read = load_neighbour_graph(file(), made_.set(), options);
    EXPECT_EQ(read.indices, graph_.indices);
    EXPECT_EQ(read.distances, graph_.distances);
    EXPECT_EQ(read.search, graph_.search);
    EXPECT_EQ(read.count, 300);
    EXPECT_EQ(read.k, 3);
    EXPECT_NO_THROW(load_neighbour_graph(file(), made_.set(), {.k = 3, .search = "auto", .sigma = 5}));
  }
  const std::string text = read_text(file());
  EXPECT_NE(text.find("\nvector,neighbour_1,neighbour_2,neighbour_3,distance_1,distance_2,distance_3\n0,"), std::string::npos);
}

TEST_F(NeighbourFile, StaleFilesAreRefused) {
  save({.search = "hnsw"});
  auto moved = made_;
  moved.values[17] += 0.01f;
  EXPECT_EQ(refusal(moved.set(), {}).first, ErrorCode::mismatch);
  EXPECT_NE(refusal(moved.set(), {}).second.find("belongs to other vectors"), std::string::npos);
  EXPECT_NE(refusal(made_.set(), {.k = 5}).second.find("another k: 4 instead of 5"), std::string::npos);
  EXPECT_NE(refusal(made_.set(), {.search = "exact"}).second.find("another search"), std::string::npos);
  EXPECT_NE(refusal(made_.set(), {.hnsw_search = 65}).second.find("another hnsw_search"), std::string::npos);
  EXPECT_EQ(refusal(made_.set(), {}).second, "accepted");
  // The same bytes as vectors of another length.
  EXPECT_EQ(refusal({std::span(made_.values).first(17 * 300), 51}, {}).first, ErrorCode::mismatch);
}

TEST_F(NeighbourFile, DamageIsFoundAndItsLineNamed) {
  save({.k = 2, .search = "exact"});
  const std::string whole = read_text(file());
  const auto damaged = [&](const std::string& from, const std::string& to) {
    auto text = whole;
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    write_atomically(file(), text.replace(place, from.size(), to));
    const auto [code, message] = refusal(made_.set(), {.k = 2, .search = "exact"});
    EXPECT_EQ(code, ErrorCode::bad_file) << message;
    return message;
  };
  EXPECT_NE(damaged("# mien", "# mine").find(":1: is no file of neighbours"), std::string::npos);
  EXPECT_NE(damaged("{", "{{").find(":1: its settings are damaged"), std::string::npos);
  EXPECT_NE(damaged("vector,n", "vectr,n").find(":2: "), std::string::npos);
  EXPECT_NE(damaged("\n1,", "\n7,").find(":4: the row of vector 1"), std::string::npos);
  EXPECT_NE(damaged("\n1,", "\n1,1,").find(":4: neighbour 1"), std::string::npos);
  EXPECT_NE(damaged("\n2,", "\n2,300,").find(":5: neighbour 1"), std::string::npos);
  EXPECT_NE(damaged("\n3,", ",0\n3,").find(":5: has more values"), std::string::npos);
  const auto last_row = whole.substr(0, whole.rfind("\n299,") + 1);
  write_atomically(file(), last_row);
  EXPECT_NE(refusal(made_.set(), {.k = 2, .search = "exact"}).second.find(":302: ends here"), std::string::npos);
  write_atomically(file(), whole + "300,1,2,0,0\n");
  EXPECT_EQ(refusal(made_.set(), {.k = 2, .search = "exact"}).first, ErrorCode::bad_file);
  EXPECT_THROW(load_neighbour_graph(folder_.path() / "none.csv", made_.set(), {}), Error);
}

}  // namespace
}  // namespace mien
