// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/pace.h"

#include <gtest/gtest.h>

namespace mien::runtime {
namespace {

/// A machine on which runs take given times.
struct Machine {
  Pace pace;
  double spread, single;
  int alone_runs = 0, runs = 0;
  double seconds = 0;

  void run(int count) {
    for (int i = 0; i < count; ++i) {
      const bool alone = pace.alone();
      const double took = alone ? single : spread;
      pace.took(alone, took);
      ++runs;
      alone_runs += alone;
      seconds += took;
    }
  }
};

TEST(Pace, OneThreadIsAlwaysAlone) {
  Machine machine{Pace(1), 1, 1};
  machine.run(5);
  EXPECT_EQ(machine.alone_runs, 5);
}

TEST(Pace, AnIdleMachineIsUsedWholeAndAskedOnce) {
  for (const int threads : {2, 16}) {
    Machine machine{Pace(threads), 1.0, 1.0 * threads};
    machine.run(5);
    EXPECT_EQ(machine.alone_runs, 0) << "the first runs are spread";
    machine.run(10000);
    EXPECT_EQ(machine.alone_runs, 1);
  }
}

TEST(Pace, WhereOthersWorkOneThreadTakesOver) {
  Machine machine{Pace(2), 160, 30};  // ms, with a busy neighbour
  machine.run(100);
  const double before = machine.seconds;
  machine.run(1000);
  EXPECT_LE((machine.seconds - before) / 1000, 1.06 * 30);
}

TEST(Pace, WhenTheOthersComeAndGoItFollows) {
  Machine machine{Pace(2), 15, 29};
  machine.run(100);
  machine.spread = 160;  // they come
  const int alone_before = machine.alone_runs;
  machine.run(6);
  EXPECT_GT(machine.alone_runs, alone_before) << "after a few slow runs";
  machine.run(500);
  machine.spread = 15;  // they go
  machine.run(150);     // 20 trials of 160 ms cost 3.2 s, 110 runs
  const int alone_then = machine.alone_runs;
  machine.run(100);
  EXPECT_EQ(machine.alone_runs, alone_then);
}

TEST(Pace, ABadStartIsForgottenSoon) {
  Machine machine{Pace(2), 60, 24};  // ms; the first runs meet another program
  machine.run(7);
  EXPECT_GT(machine.alone_runs, 0);
  machine.spread = 12;
  machine.run(15);
  const int alone_then = machine.alone_runs;
  machine.run(500);
  EXPECT_EQ(machine.alone_runs, alone_then);
}

TEST(Pace, OneSlowRunChangesNothing) {
  Machine machine{Pace(2), 15, 29};
  machine.run(50);
  for (int i = 0; i < 20; ++i) {
    machine.spread = 500;
    machine.run(1);
    machine.spread = 15;
    machine.run(5);
  }
  EXPECT_EQ(machine.alone_runs, 1);
}

TEST(Pace, AFirstTrialInABadMomentIsRepeated) {
  Machine machine{Pace(2), 40, 90};  // somebody works while one thread is tried
  machine.run(10);
  EXPECT_EQ(machine.alone_runs, 1);
  machine.spread = 15;
  machine.run(100);
  machine.spread = 60;
  machine.single = 30;
  machine.run(200);
  const int alone_before = machine.alone_runs;
  machine.run(100);
  EXPECT_GE(machine.alone_runs - alone_before, 95);
}

TEST(Pace, SmallDifferencesDoNotMakeItRestless) {
  Machine machine{Pace(2), 30, 29};
  machine.run(2000);
  EXPECT_LE(machine.alone_runs, 1);
}

}  // namespace
}  // namespace mien::runtime
