// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/openmp_scope.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <thread>

namespace mien::runtime {
namespace {

int team_size(int asked) {
  int size = 0;
#pragma omp parallel num_threads(asked)
#pragma omp single
  size = omp_get_num_threads();
  return size;
}

int team_size() {
  int size = 0;
#pragma omp parallel
#pragma omp single
  size = omp_get_num_threads();
  return size;
}

TEST(OpenMpThreads, HoldUntilTheEndOfTheScope) {
  omp_set_num_threads(3);
  {
    const OpenMpThreads two(2);
    EXPECT_EQ(team_size(), 2);
    const OpenMpThreads one(1);
    EXPECT_EQ(team_size(), 1);
  }
  EXPECT_EQ(team_size(), 3);
}

TEST(OpenMpThreads, AreNoMoreThanAreToBeHad) {
  omp_set_dynamic(1);
  {
    const OpenMpThreads two(2);
    EXPECT_EQ(team_size(), 2) << "whatever the load";
  }
  EXPECT_EQ(omp_get_dynamic(), 1);
  omp_set_dynamic(0);
  int inside = 0;
#pragma omp parallel num_threads(2)
#pragma omp single
  {
    const OpenMpThreads three(3);
    inside = omp_get_max_threads();
  }
  EXPECT_EQ(inside, 1);
  const OpenMpAlone alone;
  const OpenMpThreads three(3);
  EXPECT_EQ(omp_get_max_threads(), 1);
}

TEST(OpenMpAlone, NoRegionGetsASecondThread) {
  const int before = omp_get_max_active_levels();
  omp_set_num_threads(3);
  {
    const OpenMpAlone alone;
    EXPECT_EQ(team_size(), 1);
    EXPECT_EQ(team_size(4), 1);
    EXPECT_EQ(omp_get_max_threads(), 1);
    EXPECT_FALSE(inside_parallel_region());
  }
  EXPECT_EQ(team_size(4), 4);
  EXPECT_EQ(omp_get_max_threads(), 3);
  EXPECT_EQ(omp_get_max_active_levels(), before);
}

TEST(OpenMpAlone, OtherThreadsKeepTheirs) {
  const OpenMpAlone alone;
  const OpenMpThreads threads(1);
  int size = 0;
  std::thread([&] { size = team_size(2); }).join();
  EXPECT_EQ(size, 2);
}

TEST(InsideParallelRegion, KnowsWhenOthersHaveSplitTheWork) {
  EXPECT_FALSE(inside_parallel_region());
  bool inside = false;
#pragma omp parallel num_threads(2)
#pragma omp single
  inside = inside_parallel_region();
  EXPECT_TRUE(inside);
}

}  // namespace
}  // namespace mien::runtime
