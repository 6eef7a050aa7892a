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
  Machine machine{Pace(2), 0.160, 0.030};  // seconds, with a busy neighbour
  machine.run(100);
  const double before = machine.seconds;
  machine.run(1000);
  EXPECT_LE((machine.seconds - before) / 1000, 1.06 * 0.030);
}

TEST(Pace, WhenTheOthersComeAndGoItFollows) {
  Machine machine{Pace(2), 0.015, 0.029};
  machine.run(100);
  machine.spread = 0.160;  // they come
  const int alone_before = machine.alone_runs;
  machine.run(6);
  EXPECT_GT(machine.alone_runs, alone_before) << "after a few slow runs";
  machine.run(500);
  machine.spread = 0.015;  // they go
  machine.run(150);     // 20 times 160 ms is 3.2 s, 110 runs
  const int alone_then = machine.alone_runs;
  machine.run(100);
  EXPECT_EQ(machine.alone_runs, alone_then);
}

TEST(Pace, ABadStartIsForgottenSoon) {
  Machine machine{Pace(2), 0.060, 0.024};  // the first runs meet another program
  machine.run(7);
  EXPECT_GT(machine.alone_runs, 0);
  machine.spread = 0.012;
  machine.run(15);
  const int alone_then = machine.alone_runs;
  machine.run(500);
  EXPECT_EQ(machine.alone_runs, alone_then);
}

TEST(Pace, SleepingThreadsGetAMomentToFindTheirCores) {
  Pace pace(2);
  const auto run = [&](double spread, double single) {
    const bool alone = pace.alone();
    pace.took(alone, alone ? single : spread);
    return alone;
  };
  for (int i = 0; i < 20; ++i) run(0.02, 0.006);
  int slow = 0, alone = 0;
  for (int i = 0; i < 200; ++i) {  // nobody else computes any more; the first two runs of a trial still share a core
    const bool was_alone = run(slow < 2 ? 0.006 : 0.003, 0.006);
    slow = was_alone ? 0 : slow + 1;
    alone += was_alone;
  }
  EXPECT_LE(alone, 30);
}

TEST(Pace, OneSlowRunChangesNothing) {
  Machine machine{Pace(2), 0.015, 0.029};
  machine.run(50);
  for (int i = 0; i < 20; ++i) {
    machine.spread = 0.500;
    machine.run(1);
    machine.spread = 0.015;
    machine.run(5);
  }
  EXPECT_EQ(machine.alone_runs, 1);
}

TEST(Pace, AFirstTrialInABadMomentIsRepeated) {
  Machine machine{Pace(2), 0.040, 0.090};  // somebody works while one thread is tried
  machine.run(10);
  EXPECT_EQ(machine.alone_runs, 1);
  machine.spread = 0.015;
  machine.run(100);
  machine.spread = 0.060;
  machine.single = 0.030;
  machine.run(200);
  const int alone_before = machine.alone_runs;
  machine.run(100);
  EXPECT_GE(machine.alone_runs - alone_before, 95);
}

TEST(Pace, SmallDifferencesDoNotMakeItRestless) {
  Machine machine{Pace(2), 0.030, 0.029};
  machine.run(2000);
  EXPECT_LE(machine.alone_runs, 1);
}

}  // namespace
}  // namespace mien::runtime
