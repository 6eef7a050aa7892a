// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/people.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "mien/analysis/drawn_results_for_tests.h"
#include "mien/base/error.h"

namespace mien {
namespace {

const AnalysisInfo info = drawn_results::info();

AnalysisOptions smoothing_options() {
  AnalysisOptions options;
  options.stream.smooth_s = 0.5;
  return options;
}

std::vector<FrameResult> go_through(People& people, int from, int to) {
  std::vector<FrameResult> frames;
  std::vector<std::int64_t> tracks;
  for (int i = from; i < to; ++i) {
    frames.push_back(drawn_results::measured(i, tracks));
    people.complete(frames.back(), tracks);
  }
  return frames;
}

TEST(People, GoingOnFromAStoredStateGivesTheAnswersOfNeverHavingStopped) {
  People whole(smoothing_options(), info, 0.5), first(smoothing_options(), info, 0.5), second(smoothing_options(), info, 0.5);
  go_through(whole, 0, 17);
  go_through(first, 0, 17);
  second.restore(first.save());
  const auto expected = go_through(whole, 17, 40), found = go_through(second, 17, 40);
  ASSERT_EQ(found.size(), expected.size());
  bool compared = false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(found[i].faces.size(), expected[i].faces.size());
    for (std::size_t k = 0; k < expected[i].faces.size(); ++k) {
      const FaceResult &a = expected[i].faces[k], &b = found[i].faces[k];
      EXPECT_EQ(a.identity, b.identity);
      EXPECT_EQ(a.probabilities, b.probabilities);
      EXPECT_NE(a.probabilities, std::vector<float>());
      for (std::size_t u = 0; u < a.action_units.size(); ++u) {
        EXPECT_TRUE(a.action_units[u] == b.action_units[u] || (std::isnan(a.action_units[u]) && std::isnan(b.action_units[u])));
        compared |= a.action_units[u] >= 0;
      }
    }
  }
  EXPECT_TRUE(compared) << "no Action Unit was measured against a face at rest";
}

TEST(People, SmoothedProbabilitiesFollowTheRawOnesAndDecideTheLabel) {
  People people(smoothing_options(), info, 0.5);
  for (const auto& frame : go_through(people, 0, 30))
    for (const FaceResult& face : frame.faces) {
      ASSERT_EQ(face.raw_probabilities.size(), 8u);
      float sum = 0, top = 0;
      for (const float p : face.probabilities) {
        sum += p;
        top = std::max(top, p);
      }
      EXPECT_NEAR(sum, 1, 1e-4);
      EXPECT_EQ(face.probabilities[static_cast<std::size_t>(face.label)], top);
      EXPECT_EQ(face.uncertain, top < 0.5F);
    }
}

TEST(People, PeopleKeepTheirNumbers) {
  People people(AnalysisOptions(), info, 0.5);
  for (const auto& frame : go_through(people, 0, 60))
    for (const FaceResult& face : frame.faces) EXPECT_EQ(face.identity, face.embedding[0] > 0 ? 0 : 1) << frame.frame;
  EXPECT_EQ(people.count(), 2);
}

TEST(People, ActionUnitsAreUnknownUntilTheFaceAtRestIsKnown) {
  People people(AnalysisOptions(), info, 0.5);
  const auto frames = go_through(people, 0, 20);
  const auto known = [](const FaceResult& face) { return !std::isnan(face.action_units[1]); };
  ASSERT_FALSE(frames[0].faces.empty());
  EXPECT_FALSE(known(frames[0].faces[0])) << "one frame says nothing about a face at rest";
  std::map<int, int> changes;
  std::map<int, bool> before;
  for (const auto& frame : frames)
    for (const FaceResult& face : frame.faces) {
      ASSERT_EQ(face.action_units.size(), 18u);
      if (known(face) != before[face.identity]) ++changes[face.identity];
      before[face.identity] = known(face);
    }
  EXPECT_EQ(changes[0], 1) << "from unknown to known, once";
}

TEST(People, AgainstAFaceThatWasGivenActionUnitsStayAsTheyWereMeasured) {
  AnalysisOptions options;
  options.faces.baseline = "rest.png";
  People people(options, info, 0.5);
  for (const auto& frame : go_through(people, 0, 20))
    for (const FaceResult& face : frame.faces) EXPECT_EQ(face.action_units, std::vector<float>(18, -1.0F));
}

TEST(People, ADamagedStateIsRefused) {
  People people(AnalysisOptions(), info, 0.5);
  for (const char* text : {"", "{}", "{\"identities\": 3}"}) {
    try {
      people.restore(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
    }
  }
}

}  // namespace
}  // namespace mien
