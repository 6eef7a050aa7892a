// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

/// What a run says of itself, and OpenMP of it.
struct Probe {
  std::string told, spins;               ///< "GOMP_SPINCOUNT=...", and what OpenMP read
  std::vector<std::string> environment;  ///< of a child
  bool has(const std::string& entry) const {
    return std::find(environment.begin(), environment.end(), entry) != environment.end();
  }
  bool has_name(const std::string& name) const {
    return std::any_of(environment.begin(), environment.end(), [&](const auto& e) { return e.rfind(name + "=", 0) == 0; });
  }
};

/// Runs the probe with this environment and no other.
Probe run(const std::string& environment) {
  const TemporaryFolder folder("mien-short-waits");
  const auto outcome = testing::run_in_shell("env", folder.path(), "-i OMP_DISPLAY_ENV=verbose " + environment + " " MIEN_PROBE);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  Probe probe;
  for (const auto& line : split(outcome.out, '\n')) {
    if (line.rfind("told: ", 0) == 0)
      probe.told = line.substr(6);
    else
      probe.environment.push_back(line);
  }
  const std::string name = "GOMP_SPINCOUNT = '";
  const auto at = outcome.err.find(name);
  EXPECT_NE(at, std::string::npos) << outcome.err;
  if (at != std::string::npos)
    probe.spins = outcome.err.substr(at + name.size(), outcome.err.find('\'', at + name.size()) - at - name.size());
  EXPECT_TRUE(probe.has("threads: 2"));
  return probe;
}

TEST(ShortWaits, OpenMpIsToldAndChildrenAreNot) {
  const auto probe = run("FIRST=1 MAIL=/some/where LAST='a b'");
  EXPECT_EQ(probe.told, "GOMP_SPINCOUNT=" + probe.spins);
  const double spins = std::stod(probe.spins);
  EXPECT_GE(spins, 1000);
  EXPECT_LE(spins, 200000);  // its default is 300,000
  EXPECT_FALSE(probe.has_name("GOMP_SPINCOUNT"));
  for (const char* entry : {"FIRST=1", "MAIL=/some/where", "LAST=a b"}) EXPECT_TRUE(probe.has(entry)) << entry;
}

TEST(ShortWaits, TheUserDecides) {
  for (const auto& [setting, spins] : {std::pair{"GOMP_SPINCOUNT=77", "77"}, {"OMP_WAIT_POLICY=passive", "0"}}) {
    const auto probe = run("MAIL=/some/where " + std::string(setting));
    EXPECT_EQ(probe.told, "");
    EXPECT_EQ(probe.spins, spins);
    EXPECT_TRUE(probe.has(setting));
    EXPECT_TRUE(probe.has("MAIL=/some/where"));
  }
}

TEST(ShortWaits, NothingIsTakenThatLibrariesMayRead) {
  const auto probe = run("LANG=C LD_LIBRARY_PATH=/nowhere TMPDIR=/tmp");
  EXPECT_EQ(probe.told, "");
  for (const char* entry : {"LANG=C", "LD_LIBRARY_PATH=/nowhere", "TMPDIR=/tmp"}) EXPECT_TRUE(probe.has(entry)) << entry;
}

}  // namespace
}  // namespace mien
