// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/run_comparison.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

/// Two classes, `n` images; the first `right` of them are answered rightly.
void write_run(const fs::path& folder, int n, int right, const std::vector<std::string>& names = {"a", "b"}) {
  Predictions p;
  p.classes = 2;
  for (int i = 0; i < n; ++i) {
    p.ids.push_back(fmt::format("i{}", i));
    p.labels.push_back(i % 2);
    const bool second = (i % 2 == 1) == (i < right);
    p.logits.insert(p.logits.end(), {second ? 0.f : 2.f, second ? 2.f : 0.f});
  }
  fs::create_directories(folder);
  write_predictions_csv(p, names, folder / "predictions.csv");
}

TEST(RunComparison, Summary) {
  const auto s = summarize({3, 1, 2, 6});
  EXPECT_EQ(s.mean, 3);
  EXPECT_NEAR(s.sd, std::sqrt(14.0 / 3), 1e-12);
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.median, 2.5);
  EXPECT_EQ(s.max, 6);
  EXPECT_EQ(summarize({4}).sd, 0);
  EXPECT_THROW(summarize({}), Error);
}

TEST(RunComparison, NameStems) {
  EXPECT_EQ(name_stem("pal-seed3", {}), "pal");
  EXPECT_EQ(name_stem("pal_s3", {}), "pal");
  EXPECT_EQ(name_stem("pal.fold10", {}), "pal");
  EXPECT_EQ(name_stem("pal-seed3-2", {}), "pal");
  EXPECT_EQ(name_stem("resnet-18", {"resnet-18", "resnet-50"}), "resnet-18");
  EXPECT_EQ(name_stem("resnet18", {}), "resnet18");
  EXPECT_EQ(name_stem("pal-2", {"pal", "pal-2"}), "pal");
  EXPECT_EQ(name_stem("seed3", {}), "seed3");
}

TEST(RunComparison, GroupsSeedsAndComparesWithTheFirst) {
  TemporaryFolder folder;
  write_run(folder.path() / "plain-seed1", 200, 100);
  write_run(folder.path() / "plain-seed2" / "results", 200, 120);
  write_run(folder.path() / "pal-seed1" / "test", 200, 150);
  write_run(folder.path() / "pal-seed2", 200, 154);
  std::vector<fs::path> folders;
  for (const char* name : {"plain-seed1", "plain-seed2", "pal-seed1", "pal-seed2"}) folders.push_back(folder.path() / name);
  const auto comparison = compare_runs(folders, {});
  ASSERT_EQ(comparison.rows.size(), 2u);
  const auto& plain = comparison.rows[0];
  const auto& pal = comparison.rows[1];
  EXPECT_EQ(plain.group, "plain");
  EXPECT_EQ(pal.runs, (std::vector<std::string>{"pal-seed1", "pal-seed2"}));
  EXPECT_NEAR(plain.accuracy.mean, 0.55, 1e-12);
  EXPECT_NEAR(plain.accuracy.sd, 0.1 / std::sqrt(2.0), 1e-12);
  EXPECT_FALSE(plain.to_first);
  ASSERT_TRUE(pal.to_first);
  EXPECT_NEAR(pal.to_first->accuracy, 0.76 - 0.55, 1e-12);
  EXPECT_LT(pal.to_first->interval.low, 0.21);
  EXPECT_GT(pal.to_first->interval.high, 0.21);
  EXPECT_GT(pal.to_first->interval.low, 0.1);
}

TEST(RunComparison, GroupsByGivenBeginnings) {
  TemporaryFolder folder;
  for (const char* name : {"pal_mean", "pal_all", "plain"}) write_run(folder.path() / name, 20, 10);
  const auto paths = {folder.path() / "pal_mean", folder.path() / "pal_all", folder.path() / "plain"};
  EXPECT_EQ(compare_runs(paths, {}).rows.size(), 3u);
  ComparisonOptions options;
  options.groups = {"pal"};
  const auto comparison = compare_runs(paths, options);
  ASSERT_EQ(comparison.rows.size(), 2u);
  EXPECT_EQ(comparison.rows[0].group, "pal");
  options.groups = {"pal", "nobody"};
  EXPECT_THROW(compare_runs(paths, options), Error);
}

TEST(RunComparison, NamesRunsOfOneNameByTheirParents) {
  TemporaryFolder folder;
  write_run(folder.path() / "x" / "test", 20, 10);
  write_run(folder.path() / "y" / "test", 20, 12);
  const auto comparison = compare_runs({folder.path() / "x" / "test", folder.path() / "y" / "test"}, {});
  EXPECT_EQ(comparison.rows[1].group, "y/test");
}

TEST(RunComparison, Tables) {
  TemporaryFolder folder;
  write_run(folder.path() / "a_1", 100, 50);
  write_run(folder.path() / "b|2", 80, 60);
  write_atomically(folder.path() / "b|2" / "report.json", "{\"failed\": 20}");
  const auto comparison = compare_runs({folder.path() / "a_1", folder.path() / "b|2"}, {});
  const std::string text = comparison_text(comparison), markdown = comparison_markdown(comparison);
  EXPECT_NE(text.find("50.00"), std::string::npos);
  EXPECT_NE(text.find("75.00"), std::string::npos);
  EXPECT_NE(text.find("+12.50"), std::string::npos);  // 60 of 80 against 50 of the same 80
  EXPECT_NE(text.find("80 to 100 images"), std::string::npos);
  EXPECT_NE(text.find("not counted: b|2 20."), std::string::npos);
  EXPECT_NE(markdown.find("| b\\|2 |"), std::string::npos);
  EXPECT_NE(markdown.find("| a\\_1 |"), std::string::npos);
  write_atomically(folder.path() / "t.csv", comparison_csv(comparison));
  const auto table = read_csv(folder.path() / "t.csv", true);
  EXPECT_EQ(table.rows[1][table.column("common_images")], "80");
  EXPECT_EQ(table.rows[1][table.column("accuracy_mean")], "0.750000");
  EXPECT_EQ(table.rows[0][table.column("accuracy_to_first")], "");
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_EQ(json["rows"][1]["accuracy_to_first"]["n"], 80);
  EXPECT_EQ(json["runs"].size(), 2u);
}

TEST(RunComparison, RefusesWhatCannotBeCompared) {
  TemporaryFolder folder;
  write_run(folder.path() / "a", 20, 10);
  write_run(folder.path() / "b", 20, 10, {"a", "c"});
  write_run(folder.path() / "two" / "x", 20, 10);
  write_run(folder.path() / "two" / "y", 20, 10);
  fs::create_directories(folder.path() / "empty");
  const auto code = [&](std::vector<fs::path> folders) {
    try {
      compare_runs(folders, {});
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  EXPECT_EQ(code({}), ErrorCode::usage);
  EXPECT_EQ(code({folder.path() / "a", folder.path() / "b"}), ErrorCode::mismatch);
  EXPECT_EQ(code({folder.path() / "a", folder.path() / "a"}), ErrorCode::usage);
  EXPECT_EQ(code({folder.path() / "missing"}), ErrorCode::not_found);
  EXPECT_EQ(code({folder.path() / "empty"}), ErrorCode::not_found);
  EXPECT_EQ(code({folder.path() / "two"}), ErrorCode::bad_data);
}

}  // namespace
}  // namespace mien
