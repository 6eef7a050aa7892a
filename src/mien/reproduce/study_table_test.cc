// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/study_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/image/decode.h"
#include "mien/reproduce/student_t.h"
#include "mien/reproduce/study_curves.h"
#include "mien/reproduce/study_files.h"

namespace mien {
namespace {

Study two_rows() {
  Study study;
  study.name = "study";
  study.title = "A table";
  study.source = "Somebody, 2020";
  study.rows = {{"baseline", "baseline", {}, {{"rafdb", 85.4, 0.2, "paper"}, {"rafdb", 86.4, {}, "report"}}},
                {"better", "Grad*Input | half", {}, {{"rafdb", 86.82, 0.1, "paper"}}}};
  return study;
}

StudyHeading heading(const std::string& data = "rafdb") {
  return {"study", "A table",  "Somebody, 2020",      "full", "all of it", data + ":x", data, "test",
          3,       "accuracy", "mien reproduce study"};
}

/// Two classes, all of class 0; image i is right when its sign in `right` is '+'.
SeedRun scored(std::int64_t seed, const std::string& right, const std::string& prefix = "image", double correlation = 0.25) {
  SeedRun run;
  run.seed = seed;
  RunRecord& r = run.record;
  r.state = RunState::scored;
  r.test.classes = 2;
  for (std::size_t i = 0; i < right.size(); ++i) {
    r.test.ids.push_back(prefix + std::to_string(i));
    r.test.labels.push_back(0);
    r.test.logits.push_back(right[i] == '+' ? 1.f : -1.f);
    r.test.logits.push_back(0);
    r.accuracy += (right[i] == '+') / static_cast<double>(right.size());
  }
  r.validation = 0.75;
  r.best_epoch = 2;
  r.seconds = 60;
  r.commit = "abc";
  r.data_hash = "1";
  r.measurements = {{"valid/prior_correlation", correlation}};
  return run;
}

bool has_note(const StudyTable& table, const std::string& text) {
  for (const auto& note : table.notes)
    if (note.find(text) != std::string::npos) return true;
  return false;
}

TEST(StudentT, QuantilesAreThoseOfThePrintedTables) {
  EXPECT_NEAR(t_quantile(1), 12.706, 5e-4);
  EXPECT_NEAR(t_quantile(2), 4.303, 5e-4);
  EXPECT_NEAR(t_quantile(30), 2.042, 5e-4);
  EXPECT_NEAR(t_quantile(40), 2.021, 5e-4);
  EXPECT_NEAR(t_quantile(120), 1.980, 5e-4);
  EXPECT_FALSE(mean_t_interval({3}).has_value());
  const Interval interval = *mean_t_interval({1, 2, 3});  // mean 2, sd 1: 4.303 / sqrt(3)
  EXPECT_NEAR(interval.low, 2 - 2.4843, 1e-3);
  EXPECT_NEAR(interval.high, 2 + 2.4843, 1e-3);
}

TEST(StudyTable, RowsAndDifferencesAreThoseOfTheDefinition) {
  const StudyTable table = make_study_table(two_rows(), heading(),
                                            {{scored(1, "+++++-----"), scored(2, "++++++----")},
                                             {scored(1, "+++++++---", "image", 0.5), scored(2, "+++++++++-", "image", 0.75)}});
  const StudyTableRow& row = table.rows[1];
  EXPECT_NEAR(row.test->mean, 0.8, 1e-12);
  EXPECT_NEAR(row.test->sd, 0.1 * std::sqrt(2), 1e-12);
  EXPECT_NEAR(row.interval->high - row.interval->low, 2 * 12.706 * 0.1, 1e-9);
  ASSERT_TRUE(row.to_baseline.has_value());
  EXPECT_NEAR(row.to_baseline->mean, 0.25, 1e-12);  // +2 and +3 of ten
  EXPECT_NEAR(row.to_baseline->over_images.accuracy, 0.25, 1e-12);
  EXPECT_EQ(row.to_baseline->over_images.n, 10);
  EXPECT_NEAR(row.to_baseline->over_seeds->low, 0.25 - 12.706 * 0.05, 1e-9);
  EXPECT_EQ(row.to_baseline->reading, Reading::within_noise);
  EXPECT_NEAR(*row.published_gain, 1.42, 1e-9);
  EXPECT_NEAR(*row.to_published, 80 - 86.82, 1e-9);
  ASSERT_EQ(row.measurements.size(), 1u);
  EXPECT_NEAR(row.measurements[0].second.mean, 0.625, 1e-12);
  EXPECT_FALSE(table.rows[0].to_baseline.has_value());
  EXPECT_FALSE(table.rows[0].published_gain.has_value());
  EXPECT_TRUE(has_note(table, "Published: paper (rafdb)."));
  EXPECT_TRUE(has_note(table, "Also published: baseline: 86.40 on rafdb (report)"));
}

TEST(StudyTable, ADifferenceThatEverySeedAndMostImagesShowIsBeyondTheNoise) {
  const std::string half(100, '-');
  const std::string low = std::string(100, '+') + half, high = std::string(150, '+') + std::string(50, '-');
  const std::string high_2 = std::string(152, '+') + std::string(48, '-');
  const auto read = [&](const std::vector<SeedRun>& baseline, const std::vector<SeedRun>& row) {
    return make_study_table(two_rows(), heading(), {baseline, row}).rows[1].to_baseline->reading;
  };
  EXPECT_EQ(read({scored(1, low), scored(2, low)}, {scored(1, high), scored(2, high_2)}), Reading::beyond_noise);
  EXPECT_EQ(read({scored(1, low)}, {scored(1, high)}), Reading::unknown);
  EXPECT_EQ(read({scored(1, low), scored(2, high)}, {scored(1, high), scored(2, low)}), Reading::within_noise);
  // One image of 200 differs: the seeds agree, the images do not say so.
  const std::string one_more = std::string(101, '+') + std::string(99, '-');
  EXPECT_EQ(read({scored(1, low), scored(2, low)}, {scored(1, one_more), scored(2, one_more)}), Reading::within_noise);
}

TEST(StudyTable, OnlySeedsThatBothRowsHaveAreCompared) {
  const StudyTable table =
      make_study_table(two_rows(), heading(), {{scored(1, "++--"), scored(2, "++++")}, {scored(2, "+++-"), scored(3, "----")}});
  EXPECT_EQ(table.rows[1].to_baseline->seeds, 1);
  EXPECT_NEAR(table.rows[1].to_baseline->mean, -0.25, 1e-12);
  EXPECT_EQ(table.rows[1].scored, (std::vector<std::int64_t>{2, 3}));
}

TEST(StudyTable, SeedsTestedOnDifferentImagesArePooled) {
  const StudyTable table =
      make_study_table(two_rows(), heading(),
                       {{scored(1, "++--", "a"), scored(2, "++--", "b")}, {scored(1, "+++-", "a"), scored(2, "++++", "b")}});
  EXPECT_EQ(table.rows[1].to_baseline->over_images.n, 8);
  EXPECT_NEAR(table.rows[1].to_baseline->over_images.accuracy, 0.375, 1e-12);
  EXPECT_TRUE(has_note(table, "different parts of the split"));
}

TEST(StudyTable, OtherDataHaveGainsBesideThemAndNoDifferenceToThePublishedFigure) {
  const StudyTable table = make_study_table(two_rows(), heading("ferplus"), {{scored(1, "++--")}, {scored(1, "+++-")}});
  EXPECT_NEAR(*table.rows[1].published_gain, 1.42, 1e-9);
  EXPECT_FALSE(table.rows[1].to_published.has_value());
  EXPECT_TRUE(has_note(table, "Published figures are for rafdb"));
  const auto header = readable_cells(table).front();
  EXPECT_EQ(std::count(header.begin(), header.end(), "ours - published"), 0);
}

TEST(StudyTable, SaysWhichImagesSelectedTheEpochs) {
  StudyHeading about = heading();
  about.validation = "50 % of the test split, drawn by seed; the rest is scored";
  EXPECT_TRUE(has_note(make_study_table(two_rows(), about, {{scored(1, "++--")}, {scored(1, "+++-")}}),
                       "Validation: 50 % of the test split, drawn by seed; the rest is scored."));
}

TEST(StudyTable, SaysWhatIsMissingFailedOrDoesNotFit) {
  SeedRun failed, open;
  failed.seed = 1;
  failed.record.state = RunState::failed;
  failed.record.reason = "the loss is not finite";
  open.seed = 2;
  SeedRun other = scored(1, "++--");
  other.record.commit = "def";
  const StudyTable table = make_study_table(two_rows(), heading(), {{other, scored(2, "++--")}, {failed, open}});
  EXPECT_EQ(table.failed, 1);
  EXPECT_FALSE(table.rows[1].test.has_value());
  EXPECT_FALSE(table.rows[1].to_baseline.has_value());
  EXPECT_TRUE(has_note(table, "better, seed 1, failed: the loss is not finite"));
  EXPECT_TRUE(has_note(table, "better: not finished: seed 2"));
  EXPECT_TRUE(has_note(table, "different commits: abc, def"));
}

TEST(StudyTable, FilesHoldTheSameNumbers) {
  const TemporaryFolder folder;
  const StudyTable table =
      make_study_table(two_rows(), heading(), {{scored(1, "++--"), scored(2, "++--")}, {scored(1, "+++-"), scored(2, "++++")}});
  const std::string note = write_study_files(table, folder.path() / "study");
  const CsvTable csv = read_csv(folder.path() / "study" / "table.csv", true);
  const auto at = [&](std::size_t row, const std::string& column) {
    return csv.rows[row][static_cast<std::size_t>(csv.column(column))];
  };
  ASSERT_EQ(csv.rows.size(), 2u);
  EXPECT_EQ(at(1, "test_accuracy_mean"), "0.875000");
  EXPECT_EQ(at(1, "to_baseline"), "0.375000");
  EXPECT_EQ(at(1, "published"), "86.82");
  EXPECT_EQ(at(1, "to_published"), "0.68");
  EXPECT_EQ(at(0, "to_baseline"), "");
  EXPECT_EQ(at(0, "valid/prior_correlation"), "0.250000");
  const auto json = nlohmann::json::parse(read_text(folder.path() / "study" / "table.json"));
  EXPECT_NEAR(json.at("rows").at(1).at("to_baseline").at("difference").get<double>(), 0.375, 1e-12);
  EXPECT_EQ(json.at("rows").at(1).at("runs").size(), 2u);
  const CsvTable runs = read_csv(folder.path() / "study" / "runs.csv", true);
  ASSERT_EQ(runs.rows.size(), 4u);
  EXPECT_EQ(runs.rows[3][static_cast<std::size_t>(runs.column("test_accuracy"))], "1.000000");
  const std::string markdown = read_text(folder.path() / "study" / "table.md");
  EXPECT_NE(markdown.find("| Grad\\*Input \\| half | 2/3 | 87.50 ± 17.68 | 75.00 / 87.50 / 100.00 |"), std::string::npos)
      << markdown;
  EXPECT_EQ(fs::exists(folder.path() / "study" / "plot.png"), note.empty());
  const std::string page = read_text(folder.path() / "study" / "report.html");
  EXPECT_NE(page.find("Grad*Input | half"), std::string::npos);
  EXPECT_EQ(page.find("data:image/png;base64,") != std::string::npos, note.empty());
}

TEST(StudyTable, PublishedMinimumAndMaximumStandBesideTheMedian) {
  Study study = two_rows();
  study.rows[0].published = {{"rafdb", 86.47, {}, "report", 85.98, 86.5}};
  study.rows[1].published = {{"rafdb", 87.87, {}, "report", 87.8, 88.29}};
  const StudyTable table = make_study_table(study, heading(), {{scored(1, "++--")}, {scored(1, "+++-")}});
  const auto cells = readable_cells(table);
  const auto column = static_cast<std::size_t>(std::find(cells[0].begin(), cells[0].end(), "published") - cells[0].begin());
  ASSERT_LT(column, cells[0].size());
  EXPECT_EQ(cells[1][column], "85.98 / 86.47 / 86.50");
  EXPECT_EQ(cells[2][column + 1], "+1.40");
  EXPECT_TRUE(has_note(table, "minimum / median / maximum"));
  EXPECT_NE(study_csv(table).find(",87.87,,87.80,88.29,rafdb,report,1.40,"), std::string::npos) << study_csv(table);
}

TEST(StudyTable, LevelsAreInTheTableAndDrawnAsCurves) {
  const TemporaryFolder folder;
  Study study = two_rows();
  study.level_title = "wrong labels, %";
  for (auto& row : study.rows) row.curve = "labels";
  study.rows[1].level = 20;
  StudyHeading about = heading();
  about.level_title = study.level_title;
  const StudyTable table = make_study_table(study, about, {{scored(1, "+++-"), scored(2, "++--")}, {scored(1, "+---"), scored(2, "++--")}});
  write_atomically(folder.path() / "table.csv", study_csv(table));
  const CsvTable csv = read_csv(folder.path() / "table.csv", true);
  EXPECT_EQ(csv.rows[1][static_cast<std::size_t>(csv.column("curve"))], "labels");
  EXPECT_EQ(csv.rows[1][static_cast<std::size_t>(csv.column("level"))], "20");
  EXPECT_EQ(csv.rows[1][static_cast<std::size_t>(csv.column("test_accuracy_mean"))], "0.375000");
  EXPECT_EQ(study_csv(make_study_table(two_rows(), heading(), {{}, {}})).find("curve"), std::string::npos);
  plot_study(table, folder.path() / "plot.png");
  EXPECT_EQ(read_image(folder.path() / "plot.png").cols, 900);
}

TEST(StudyTable, WithoutGnuplotOnlyThePlotIsMissing) {
  const TemporaryFolder folder;
  const StudyTable table = make_study_table(two_rows(), heading(), {{scored(1, "++--")}, {}});
  EXPECT_NE(write_study_files(table, folder.path(), "no-such-program").find("left out"), std::string::npos);
  EXPECT_TRUE(fs::exists(folder.path() / "report.html"));
  EXPECT_FALSE(fs::exists(folder.path() / "plot.png"));
}

TEST(StudyCurves, AreMeansOverTheSeedsThatGotThere) {
  TemporaryFolder folder("mien-curves-test");
  StudyTable table;
  table.measurements = {"valid/prior_correlation"};
  StudyTableRow row;
  row.key = "half";
  row.title = "half";
  for (const auto& [name, text] : {std::pair("s1", "epoch,valid/prior_correlation\n1,0.1\n2,0.3\n"), std::pair("s2", "epoch,valid/prior_correlation\n1,0.3\n"),
                                   std::pair("s3", "epoch,valid/accuracy\n1,0.9\n")}) {
    fs::create_directories(folder.path() / name);
    write_atomically(folder.path() / name / "results.csv", text);
    row.runs.push_back({1, folder.path() / name, {}});
  }
  row.runs.push_back({4, folder.path() / "not begun", {}});
  table.rows = {row};
  const auto curves = read_curves(table);
  ASSERT_EQ(curves.size(), 1u);
  ASSERT_EQ(curves[0].epochs.size(), 2u);
  EXPECT_DOUBLE_EQ(curves[0].epochs[0].mean, 0.2);
  EXPECT_DOUBLE_EQ(curves[0].epochs[0].max, 0.3);
  EXPECT_EQ(curves[0].seeds, (std::vector<std::int64_t>{2, 1}));
  write_atomically(folder.path() / "curves.csv", curves_csv(curves));
  const CsvTable csv = read_csv(folder.path() / "curves.csv", true);
  ASSERT_EQ(csv.rows.size(), 2u);
  EXPECT_EQ(csv.rows[1][static_cast<std::size_t>(csv.column("mean"))], "0.3");
}

}  // namespace
}  // namespace mien
