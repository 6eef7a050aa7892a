// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/training_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/report/curves.h"
#include "mien/report/html_page.h"
#include "mien/report/plots.h"

namespace mien {
namespace {

const double none = std::nan("");

TrainingHistory small_history() {
  return {{"epoch", "lr", "train/loss", "valid/loss", "valid/accuracy"},
          {{1, 0.1, 2.5, 2.25, 0.3}, {2, 0.1, 1.0 / 3, none, none}, {3, 0.001, 0.25, 0.5, 0.625}}};
}

TEST(History, RoundTripIsExact) {
  TemporaryFolder folder;
  const auto written = small_history();
  write_history(written, folder.path() / "results.csv");
  const auto read = read_history(folder.path() / "results.csv");
  EXPECT_EQ(read.columns, written.columns);
  ASSERT_EQ(read.rows.size(), 3u);
  EXPECT_EQ(read.rows[0], written.rows[0]);
  EXPECT_EQ(read.rows[1][2], 1.0 / 3);
  EXPECT_TRUE(std::isnan(read.rows[1][3]));
  EXPECT_EQ(read_text(folder.path() / "results.csv").substr(0, 48), "epoch,lr,train/loss,valid/loss,valid/accuracy\n1,");
}

TEST(History, RefusesRowsOfTheWrongLengthAndText) {
  TemporaryFolder folder;
  EXPECT_THROW(write_history({{"a", "b"}, {{1}}}, folder.path() / "x.csv"), Error);
  write_atomically(folder.path() / "y.csv", "a,b\n1,two\n");
  EXPECT_THROW(read_history(folder.path() / "y.csv"), Error);
}

TEST(Curves, PanelsByMetric) {
  const auto panels = panels_of(small_history());
  ASSERT_EQ(panels.size(), 3u);
  EXPECT_EQ(panels[0].metric, "loss");
  ASSERT_EQ(panels[0].curves.size(), 2u);
  EXPECT_EQ(panels[0].curves[1].name, "valid");
  EXPECT_EQ(panels[0].epochs, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(panels[1].metric, "accuracy");
  EXPECT_EQ(panels[2].metric, "lr");
  EXPECT_TRUE(panels[2].logarithmic);
  EXPECT_FALSE(panels[0].logarithmic);
  EXPECT_TRUE(panels_of({{"epoch", "empty"}, {{1, none}}}).empty());
}

/// One plot for what is one quantity: the cross entropy of the training and the negative log likelihood of the validation.
TEST(Curves, TrainingAndValidationShareAPanel) {
  const TrainingHistory history{{"epoch", "train/lr", "train/cross_entropy", "train/loss", "train/prior", "valid/accuracy", "valid/nll", "bad_files"},
                                {{1, 0.1, 2, 2.5, 0.5, 0, 1.9, 0}, {2, 0.1, 1, 1.25, 0.25, 0, 1.1, 0}}};
  const auto panels = panels_of(history);
  std::vector<std::string> names;
  for (const auto& panel : panels) names.push_back(panel.metric);
  // bad_files shows nothing; an accuracy of 0 does.
  EXPECT_EQ(names, (std::vector<std::string>{"cross_entropy", "loss", "lr", "prior", "accuracy"}));
  ASSERT_EQ(panels[0].curves.size(), 2u);
  EXPECT_EQ(panels[0].curves[0].name, "train");
  EXPECT_EQ(panels[0].curves[1].name, "valid");
  EXPECT_EQ(panels[0].curves[1].values, (std::vector<double>{1.9, 1.1}));
}

/// The only term of a loss is the loss; a term that is nowhere used is zero.
TEST(Curves, NothingIsShownTwice) {
  const auto panels = panels_of({{"epoch", "train/cross_entropy", "train/loss", "train/unused", "valid/nll", "bad_files"},
                                 {{1, 2, 2, 0, 1.9, 0}, {2, 1, 1, 0, 1.1, 3}}});
  ASSERT_EQ(panels.size(), 2u);
  EXPECT_EQ(panels[0].metric, "cross_entropy");
  EXPECT_EQ(panels[0].curves.size(), 2u);
  EXPECT_EQ(panels[1].metric, "bad_files");
}

/// Without such a loss the validation's likelihood stands alone.
TEST(Curves, OtherLossesAreOtherQuantities) {
  const auto panels = panels_of({{"epoch", "train/distribution", "train/loss", "valid/nll"}, {{1, 2, 3, 1.9}}});
  ASSERT_EQ(panels.size(), 3u);
  for (const auto& panel : panels) EXPECT_EQ(panel.curves.size(), 1u) << panel.metric;
}

TEST(TrainingReport, CarriesCurvesConfigurationFactsAndPictures) {
  TemporaryFolder folder;
  const fs::path run = folder.path() / "my <run>";
  fs::create_directories(run / "pictures");
  const cv::Mat picture(8, 8, CV_8UC3, cv::Scalar(1, 2, 3));
  write_image(run / "pictures" / "batch.png", picture);
  write_atomically(run / "config.toml", "name = \"<b>\"\n");
  const std::string note = write_training_report(run, small_history(), {{"commit", "abc<d>"}}, "no-such-program-of-mien");
  EXPECT_NE(note.find("no-such-program-of-mien"), std::string::npos);
  EXPECT_FALSE(fs::exists(run / "curves.png"));
  const std::string html = read_text(run / "report.html");
  for (const char* part : {"my &lt;run&gt;", "abc&lt;d&gt;", "name = &quot;&lt;b&gt;&quot;", "pictures/batch.png",
                           "Best valid/<wbr>accuracy", "0.625", "epoch 3"})
    EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_NE(html.find(data_url(read_bytes(run / "pictures" / "batch.png"), "image/png")), std::string::npos);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
}

/// Nothing here may end a training whose work is done.
TEST(TrainingReport, WhatCannotBeShownIsLeftOut) {
  TemporaryFolder folder;
  const fs::path broken = folder.path() / "broken", run = folder.path() / "run";
  std::ofstream(broken) << "#!/bin/sh\ntest \"$1\" = --version && exit 0\necho 'no fonts today' >&2\nexit 3\n";
  fs::permissions(broken, fs::perms::owner_all);
  fs::create_directories(run);
  fs::create_symlink("nowhere", run / "lost.png");
  const std::string note = write_training_report(run, small_history(), {}, broken.string());
  EXPECT_NE(note.find("curves.png was left out: "), std::string::npos) << note;
  EXPECT_NE(note.find("no fonts today"), std::string::npos) << note;
  EXPECT_TRUE(fs::exists(run / "report.html"));
  fs::remove(run / "report.html");
  fs::create_directories(run / "report.html" / "in the way");
  EXPECT_NE(write_training_report(run, small_history(), {}, broken.string()).find("report.html was left out"), std::string::npos);
}

TEST(TrainingReport, DrawsCurvesAndSurvivesAnEmptyHistory) {
  TemporaryFolder folder;
  EXPECT_NE(write_training_report(folder.path(), {{"epoch"}, {}}, {}), "");
  EXPECT_TRUE(fs::exists(folder.path() / "report.html"));
  if (!plotting_available()) GTEST_SKIP() << "needs gnuplot";
  EXPECT_EQ(write_training_report(folder.path(), small_history(), {}), "");
  EXPECT_TRUE(fs::exists(folder.path() / "curves.png"));
  EXPECT_EQ(read_text(folder.path() / "report.html").find("<h3>curves.png"), std::string::npos);
}

}  // namespace
}  // namespace mien
