// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/neutral_pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "mien/analysis/drawn_results_for_tests.h"
#include "mien/analysis/people.h"
#include "mien/base/files.h"
#include "mien/data/dataset.h"
#include "mien/results/result_writer.h"

namespace mien {
namespace {

constexpr int frames = 60;
constexpr std::size_t au02 = 1;

class NeutralPass : public ::testing::Test {
 protected:
  NeutralPass() { job_.sources = {{MediaSource::Kind::video, "clip.mp4", ""}}; }

  /// results.jsonl of the drawn clip as the first pass leaves it.
  void write_journal() {
    People people(job_.options, info_, 0.5);
    const auto writer = make_result_writer({"jsonl", journal()}, info_);
    std::vector<std::int64_t> tracks;
    for (int i = 0; i < frames; ++i) {
      FrameResult frame = drawn_results::measured(i, tracks);
      frame.source = job_.sources[0].name;
      for (FaceResult& face : frame.faces) face.action_units = estimate_action_units(face.landmarks);
      people.complete(frame, tracks);
      writer->write(frame, {});
    }
    writer->finish();
  }
  fs::path journal() const { return folder_.path() / "results.jsonl"; }
  std::vector<FrameResult> rows() const {
    std::vector<FrameResult> all;
    read_results(journal(), [&](const FrameResult& frame) { all.push_back(frame); });
    return all;
  }

  /// Mean difference of a unit from the drawn truth in frames [from, to), of faces seen from the front.
  double error(std::size_t unit, int from, int to) const {
    double sum = 0;
    int count = 0;
    for (const FrameResult& frame : rows()) {
      if (frame.frame < from || frame.frame >= to) continue;
      const auto& people = drawn_results::people_in(static_cast<int>(frame.frame));
      for (std::size_t k = 0; k < people.size(); ++k) {
        if (std::abs(people[k].yaw_deg) > 25) continue;
        sum += std::abs(frame.faces.at(k).action_units.at(unit) - people[k].action_units.at(unit));
        ++count;
      }
    }
    return count > 0 ? sum / count : std::nan("");
  }

  AnalysisJob job_;
  AnalysisInfo info_ = drawn_results::info();
  TemporaryFolder folder_;
};

TEST_F(NeutralPass, FromTheFirstFrameOnActionUnitsAreThoseThatWereDrawn) {
  write_journal();
  EXPECT_TRUE(std::isnan(error(au02, 0, 2))) << "nobody can know after two frames";
  measure_against_whole_videos(job_, info_, folder_.path());
  ASSERT_EQ(rows().size(), static_cast<std::size_t>(frames));
  for (std::size_t unit = 0; unit < action_unit_names().size(); ++unit) {
    if (std::isnan(rows()[0].faces.at(0).action_units[unit])) continue;  // not to be told from points
    // As well as these estimates are anywhere on such faces: parted lips are told worst.
    EXPECT_LT(error(unit, 0, 5), 1.3) << action_unit_names()[unit] << " in the first half second";
    EXPECT_LT(error(unit, 0, frames), 1.3) << action_unit_names()[unit] << " on the whole";
  }
  EXPECT_LT(error(au02, 0, 5), 0.5);
}

TEST_F(NeutralPass, ASecondCallChangesNothing) {
  write_journal();
  measure_against_whole_videos(job_, info_, folder_.path());
  const std::string once = read_text(journal());
  measure_against_whole_videos(job_, info_, folder_.path());
  EXPECT_EQ(read_text(journal()), once);
}

TEST_F(NeutralPass, NothingButActionUnitsChanges) {
  write_journal();
  const auto before = rows();
  measure_against_whole_videos(job_, info_, folder_.path());
  const auto after = rows();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    ASSERT_EQ(after[i].faces.size(), before[i].faces.size());
    EXPECT_EQ(after[i].frame, before[i].frame);
    for (std::size_t k = 0; k < before[i].faces.size(); ++k) {
      EXPECT_EQ(after[i].faces[k].identity, before[i].faces[k].identity);
      EXPECT_EQ(after[i].faces[k].landmarks, before[i].faces[k].landmarks);
      EXPECT_EQ(after[i].faces[k].probabilities, before[i].faces[k].probabilities);
    }
  }
}

TEST_F(NeutralPass, WhatACameraShowedAndWhatWasMeasuredAgainstAGivenFaceStays) {
  write_journal();
  const std::string before = read_text(journal());
  job_.options.faces.baseline = "rest.png";
  measure_against_whole_videos(job_, info_, folder_.path());
  EXPECT_EQ(read_text(journal()), before);
  job_.options.faces.baseline.clear();
  job_.options.stream.identities = false;
  measure_against_whole_videos(job_, info_, folder_.path());
  EXPECT_EQ(read_text(journal()), before);
  job_.options.stream.identities = true;
  job_.sources = {{MediaSource::Kind::camera, "camera:0", ""}, {MediaSource::Kind::video, "none.mp4", ""}};
  write_journal();
  const std::string camera = read_text(journal());
  measure_against_whole_videos(job_, info_, folder_.path());
  EXPECT_EQ(read_text(journal()), camera);
}

TEST_F(NeutralPass, SomebodyWhoNeverRestsIsMeasuredAgainstTheAverageFaceAllAlong) {
  const auto writer = make_result_writer({"jsonl", journal()}, info_);
  std::vector<std::int64_t> tracks;
  std::vector<std::vector<float>> expected;
  for (int i = 0; i < 10; ++i) {
    FrameResult frame = drawn_results::measured(i, tracks);
    frame.faces.resize(1);
    FaceResult& face = frame.faces[0];
    face.identity = 0;
    face.probabilities = {0, 1, 0, 0, 0, 0, 0, 0};
    face.label = 1;
    face.action_units.assign(18, std::nanf(""));
    expected.push_back(estimate_action_units(face.landmarks));
    writer->write(frame, {});
  }
  writer->finish();
  measure_against_whole_videos(job_, info_, folder_.path());
  const auto after = rows();
  ASSERT_EQ(after.size(), expected.size());
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(after[i].faces[0].action_units[au02], expected[i][au02], 0.05) << i;
}

}  // namespace
}  // namespace mien
