// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/progress_file.h"
#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::numeric;
}

TEST(AnalysisJob, ComesBackAsItWasStored) {
  const TemporaryFolder folder;
  AnalysisJob job;
  job.sources = {{MediaSource::Kind::picture, "a \"quoted\", name.jpg", ""},
                 {MediaSource::Kind::video, "b.mp4", ""},
                 {MediaSource::Kind::camera, "camera:0", ""},
                 {MediaSource::Kind::picture, "gone.png", "gone.png: no such file or folder"}};
  job.options.faces.detector = "cascade";
  job.options.faces.uncertain_below = 0.37;
  job.options.stream.detect_every = 7;
  job.options.stream.from_s = 1.25;
  job.formats = {"csv", "openface"};
  job.annotate = true;
  job.options.faces.baseline = "rest.mp4";
  job.neutral = FaceMeasures{};
  for (std::size_t i = 0; i < job.neutral->values.size(); ++i) job.neutral->values[i] = 1.0 / (3.0 + static_cast<double>(i));
  job.command_line = "mien analyze 'a b.jpg'";
  job.version = "1.2.3";
  job.working_folder = "/home/someone";
  save_job(job, folder.path());
  const AnalysisJob again = load_job(folder.path());
  ASSERT_EQ(again.sources.size(), job.sources.size());
  for (std::size_t i = 0; i < job.sources.size(); ++i) {
    EXPECT_EQ(again.sources[i].kind, job.sources[i].kind);
    EXPECT_EQ(again.sources[i].name, job.sources[i].name);
    EXPECT_EQ(again.sources[i].problem, job.sources[i].problem);
  }
  EXPECT_EQ(again.options.faces.detector, "cascade");
  EXPECT_EQ(again.options.faces.uncertain_below, 0.37);
  EXPECT_EQ(again.options.stream.detect_every, 7);
  EXPECT_EQ(again.options.stream.from_s, 1.25);
  EXPECT_EQ(again.formats, job.formats);
  EXPECT_TRUE(again.annotate);
  EXPECT_EQ(again.options.faces.baseline, "rest.mp4");
  ASSERT_TRUE(again.neutral);
  EXPECT_EQ(again.neutral->values, job.neutral->values);
  EXPECT_EQ(again.command_line, job.command_line);
  EXPECT_EQ(again.working_folder, job.working_folder);
}

TEST(AnalysisJob, AbsentAndDamagedFilesAreToldApart) {
  const TemporaryFolder folder;
  EXPECT_EQ(code_of([&] { load_job(folder.path()); }), ErrorCode::not_found);
  write_atomically(folder.path() / "analysis.json", "{\"command\": 3}");
  EXPECT_EQ(code_of([&] { load_job(folder.path()); }), ErrorCode::bad_file);
}

TEST(AnalysisProgress, ComesBackExactly) {
  const TemporaryFolder folder;
  EXPECT_FALSE(load_progress(folder.path()));
  save_progress({3, 12345678901, {600, 1199, 40.0004 / 3}, "{\"people\":[]}"}, folder.path());
  const auto again = load_progress(folder.path());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->source, 3);
  EXPECT_EQ(again->journal_bytes, 12345678901);
  EXPECT_EQ(again->position.analysed, 600);
  EXPECT_EQ(again->position.last_frame, 1199);
  EXPECT_EQ(again->position.last_time_s, 40.0004 / 3);
  EXPECT_EQ(again->people, "{\"people\":[]}");
  write_atomically(folder.path() / "progress.json", "{");
  EXPECT_EQ(code_of([&] { load_progress(folder.path()); }), ErrorCode::bad_file);
}

}  // namespace
}  // namespace mien
