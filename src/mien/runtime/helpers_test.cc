// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/helpers.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mien::runtime {
namespace {

TEST(Helpers, EveryPieceIsDoneOnceAndEveryLaneIsUsedByOneThread) {
  Helpers helpers;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::atomic<int>> done(17);
    std::vector<std::atomic<int>> calls(4);
    std::atomic<std::size_t> next{0};
    helpers.share(4, [&](int lane) {
      ++calls.at(static_cast<std::size_t>(lane));
      for (std::size_t i; (i = next++) < done.size();) ++done[i];
    });
    for (const auto& count : done) ASSERT_EQ(count, 1);
    ASSERT_EQ(calls[0], 1);
    for (const auto& count : calls) ASSERT_LE(count, 1);
  }
}

TEST(Helpers, WorkTogether) {
  Helpers helpers;
  std::latch all(3);  // is passed only when three threads are at work at once
  helpers.share(3, [&](int) { all.arrive_and_wait(); });
  EXPECT_TRUE(all.try_wait());
}

TEST(Helpers, OneLaneIsTheCallerAlone) {
  Helpers helpers;
  std::vector<std::thread::id> who;
  helpers.share(1, [&](int lane) {
    EXPECT_EQ(lane, 0);
    who.push_back(std::this_thread::get_id());
  });
  EXPECT_EQ(who, std::vector{std::this_thread::get_id()});
}

TEST(Helpers, NoneIsNeeded) {
  rlimit before{};
  ::getrlimit(RLIMIT_NPROC, &before);
  if (::geteuid() == 0) GTEST_SKIP() << "limits of threads do not hold for root";
  rlimit none = before;
  none.rlim_cur = 0;
  ::setrlimit(RLIMIT_NPROC, &none);
  int calls = 0;
  Helpers helpers;
  helpers.share(4, [&](int lane) { calls += lane == 0 ? 1 : 100; });
  ::setrlimit(RLIMIT_NPROC, &before);
  EXPECT_EQ(calls, 1);
}

TEST(Helpers, WhatALaneThrowsReachesTheCaller) {
  Helpers helpers;
  for (const int faulty : {0, 1}) {
    std::latch both(2);
    const auto work = [&](int lane) {
      both.arrive_and_wait();
      if (lane == faulty) throw std::runtime_error("lane " + std::to_string(lane));
    };
    try {
      helpers.share(2, work);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), "lane " + std::to_string(faulty));
    }
  }
  int calls = 0;
  helpers.share(1, [&](int) { ++calls; });  // and is forgotten then
  EXPECT_EQ(calls, 1);
}

TEST(Helpers, SeveralCallersAtOnce) {
  Helpers helpers;
  std::vector<std::thread> callers;
  std::atomic<int> sum{0};
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        std::atomic<int> next{0};
        helpers.share(3, [&](int) {
          while (next++ < 10) ++sum;
        });
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 200 * 10);
}

TEST(Helpers, AForkedProcessHasItsOwn) {
  const auto count = [](Helpers& helpers) {
    std::latch both(2);
    std::atomic<int> calls{0};
    helpers.share(2, [&](int) {
      both.arrive_and_wait();
      ++calls;
    });
    return calls.load();
  };
  auto helpers = std::make_unique<Helpers>();
  ASSERT_EQ(count(*helpers), 2);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const int calls = count(*helpers);
    helpers.reset();
    ::_exit(calls);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_EQ(count(*helpers), 2);
}

TEST(Helpers, TakeNoSignals) {
  Helpers helpers;
  std::latch both(2);
  sigset_t mask;
  sigemptyset(&mask);
  helpers.share(2, [&](int lane) {
    both.arrive_and_wait();
    if (lane == 1) pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  });
  EXPECT_EQ(sigismember(&mask, SIGTERM), 1);
  EXPECT_EQ(sigismember(&mask, SIGINT), 1);
}

}  // namespace
}  // namespace mien::runtime
