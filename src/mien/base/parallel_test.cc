// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/parallel.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mien {

TEST(Parallel, EveryIndexOnce) {
  for (const int threads : {0, 1, 3, 64}) {
    std::vector<std::atomic<int>> calls(1000);
    parallel_for(1000, threads, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
    for (const auto& n : calls) ASSERT_EQ(n, 1);
  }
  parallel_for(0, 4, [](std::int64_t) { FAIL(); });
}

TEST(Parallel, UsesAsManyThreadsAsAsked) {
  std::atomic<int> inside{0};
  parallel_for(3, 3, [&](std::int64_t) {  // ends only when all three run at once
    ++inside;
    while (inside < 3) std::this_thread::yield();
  });
  EXPECT_EQ(inside, 3);
}

TEST(Parallel, FirstExceptionStopsTheRest) {
  std::atomic<std::int64_t> calls{0};
  const auto work = [&](std::int64_t i) {
    ++calls;
    if (i == 5) throw std::runtime_error("five");
    std::this_thread::sleep_for(std::chrono::microseconds(10));
  };
  EXPECT_THROW(parallel_for(1'000'000, 2, work), std::runtime_error);
  EXPECT_LT(calls, 1'000'000);
}

TEST(Parallel, OfSeveralExceptionsTheOneOfTheSmallestIndexCounts) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> late_one_failed{false};
    const auto work = [&](std::int64_t i) {
      if (i == 3) {
        while (!late_one_failed) std::this_thread::yield();  // 7 fails first
        throw std::runtime_error("three");
      }
      if (i == 7) {
        late_one_failed = true;
        throw std::runtime_error("seven");
      }
    };
    try {
      parallel_for(8, 2, work);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "three");
    }
  }
}

TEST(Parallel, CoresFollowTheAffinity) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(available_cores(), CPU_COUNT(&before));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(available_cores(), 1);
  sched_setaffinity(0, sizeof before, &before);
}

}  // namespace mien
