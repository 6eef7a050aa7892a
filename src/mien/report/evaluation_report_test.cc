// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/evaluation_report.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/image/decode.h"
#include "mien/report/evaluation_html.h"
#include "mien/report/plots.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

using nlohmann::json;

/// Four classes, the last without images.
EvaluationResult example() {
  Random random(5);
  EvaluationResult result;
  result.title = "net <b>on</b> data";
  result.class_names = {"happy", "<b>", "sad & 'so'", "absent"};
  auto& p = result.predictions;
  p.classes = 4;
  for (int i = 0; i < 90; ++i) {
    p.ids.push_back(fmt::format("i{}", i));
    p.labels.push_back(i % 3);
    for (int c = 0; c < 4; ++c) p.logits.push_back(static_cast<float>(random.normal() + (c == i % 3 ? 1.5 : c == 3 ? -50 : 0)));
  }
  result.metrics = classification_metrics(p);
  result.intervals = bootstrap_intervals(p, 50, 1);
  result.valence = RegressionMetrics{0.4, 0.3, 0.7, 0.6, 0.8};
  result.hardest = {{cv::Mat(12, 12, CV_8UC3, cv::Scalar(9, 8, 7)), "<b>caption"}};
  result.facts = {{"model", "x<b>"}, {"excluded images", "1,385 (ties)"}};
  result.failures = {{"bad<b>.png", "truncated <b>"}};
  return result;
}

TEST(EvaluationReport, WritesEveryFile) {
  TemporaryFolder folder;
  const auto result = example();
  const std::string note = write_evaluation_report(result, folder.path() / "new" / "report");
  const fs::path out = folder.path() / "new" / "report";
  for (const char* name : {"predictions.csv", "report.json", "report.html", "confusion_matrix.csv",
                           "confusion_matrix_normalized.csv", "hardest.png"})
    EXPECT_TRUE(fs::exists(out / name)) << name;
  std::vector<std::string> names;
  EXPECT_EQ(read_predictions_csv(out / "predictions.csv", names).logits, result.predictions.logits);
  EXPECT_EQ(names, result.class_names);
  if (!plotting_available()) GTEST_SKIP() << "the PNG plots need gnuplot";
  EXPECT_EQ(note, "");
  for (const char* name : {"confusion_matrix.png", "confusion_matrix_normalized.png", "reliability.png"})
    EXPECT_GT(read_image(out / name).cols, 200) << name;
}

TEST(EvaluationReport, ConfusionCsvSaysWhatItsRowsAre) {
  TemporaryFolder folder;
  const auto result = example();
  write_evaluation_report(result, folder.path(), "no-such-program-of-mien");
  const auto counts = read_csv(folder.path() / "confusion_matrix.csv", true),
             shares = read_csv(folder.path() / "confusion_matrix_normalized.csv", true);
  EXPECT_EQ(counts.header[0].rfind("rows = true class", 0), 0u);
  EXPECT_EQ(counts.header[3], "sad & 'so'");
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 4; ++c) EXPECT_EQ(counts.rows[r][c + 1], std::to_string(result.metrics.confusion[r][c]));
  EXPECT_NEAR(std::stod(shares.rows[0][1]), result.metrics.recall[0], 1e-6);
  EXPECT_EQ(shares.rows[3][1], "");
}

TEST(EvaluationReport, SaysWhenPlotsAreLeftOut) {
  TemporaryFolder folder;
  const std::string note = write_evaluation_report(example(), folder.path(), "no-such-program-of-mien");
  EXPECT_NE(note.find("no-such-program-of-mien"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder.path() / "reliability.png"));
  EXPECT_TRUE(fs::exists(folder.path() / "report.html"));
}

/// What only shows the numbers must not take them away: a gnuplot that fails, a picture that is none.
TEST(EvaluationReport, WhatCannotBeShownIsLeftOut) {
  TemporaryFolder folder;
  const fs::path broken = folder.path() / "broken", out = folder.path() / "out";
  std::ofstream(broken) << "#!/bin/sh\ntest \"$1\" = --version && exit 0\necho 'no fonts today' >&2\nexit 3\n";
  fs::permissions(broken, fs::perms::owner_all);
  fs::create_directory(out);
  write_atomically(out / "reliability.png", "of an earlier evaluation");
  auto result = example();
  result.hardest.push_back({cv::Mat(), "lost"});
  const std::string note = write_evaluation_report(result, out, broken.string());
  for (const char* part : {"no fonts today", "confusion_matrix.png was left out", "confusion_matrix_normalized.png was left out",
                           "reliability.png was left out", "hardest.png was left out"})
    EXPECT_NE(note.find(part), std::string::npos) << part << " in " << note;
  for (const char* name : {"predictions.csv", "report.json", "report.html", "confusion_matrix.csv", "confusion_matrix_normalized.csv"})
    EXPECT_TRUE(fs::exists(out / name)) << name;
  EXPECT_FALSE(fs::exists(out / "reliability.png"));
  const std::string page = read_text(out / "report.html");
  EXPECT_NE(page.find("&lt;b&gt;caption"), std::string::npos);
  EXPECT_NE(page.find("lost was left out"), std::string::npos);
}

/// The page's name is taken: the numbers are written all the same.
TEST(EvaluationReport, TheNumbersComeFirst) {
  TemporaryFolder folder;
  fs::create_directories(folder.path() / "report.html" / "in the way");
  const std::string note = write_evaluation_report(example(), folder.path(), "no-such-program-of-mien");
  EXPECT_NE(note.find("report.html was left out"), std::string::npos) << note;
  EXPECT_TRUE(fs::exists(folder.path() / "report.json"));
  EXPECT_TRUE(fs::exists(folder.path() / "predictions.csv"));
  EXPECT_TRUE(fs::is_directory(folder.path() / "report.html" / "in the way"));
}

TEST(EvaluationReport, JsonHoldsTheMetrics) {
  const auto result = example();
  const json report = json::parse(evaluation_json(result));
  const auto& m = result.metrics;
  EXPECT_EQ(report["n"], 90);
  EXPECT_EQ(report["excluded"], 1385);
  EXPECT_EQ(report["failed"], 1);
  EXPECT_EQ(report["accuracy"].get<double>(), m.accuracy);
  EXPECT_EQ(report["balanced_accuracy"].get<double>(), m.balanced_accuracy);
  EXPECT_EQ(report["macro_f1"].get<double>(), m.macro_f1);
  EXPECT_EQ(report["f1_of_macro"].get<double>(), m.f1_of_macro);
  EXPECT_EQ(report["top2"].get<double>(), m.top2_accuracy);
  EXPECT_EQ(report["ece"].get<double>(), m.ece);
  EXPECT_EQ(report["nll"].get<double>(), m.nll);
  EXPECT_EQ(report["brier"].get<double>(), m.brier);
  EXPECT_EQ(report["per_class"]["<b>"].get<double>(), m.recall[1]);
  EXPECT_TRUE(report["per_class"]["absent"].is_null());
  EXPECT_EQ(report["per_class_precision"]["happy"].get<double>(), m.precision[0]);
  EXPECT_EQ(report["per_class_f1"]["happy"].get<double>(), m.f1[0]);
  EXPECT_EQ(report["intervals"]["accuracy"][1].get<double>(), result.intervals->accuracy.high);
  EXPECT_EQ(report["valence"]["ccc"], 0.6);
  EXPECT_EQ(report["failures"][0]["image"], "bad<b>.png");
  EXPECT_EQ(evaluation_json(result, -1).find('\n'), evaluation_json(result, -1).size() - 1);
}

TEST(EvaluationReport, TextTable) {
  const auto result = example();
  const std::string text = evaluation_text(result);
  EXPECT_NE(text.find("accuracy"), std::string::npos);
  EXPECT_NE(text.find("rows = true class"), std::string::npos);
  EXPECT_NE(text.find("absent"), std::string::npos);
  for (const char* name : {"happy", "sad & 'so'"}) EXPECT_NE(text.find(name), std::string::npos);
}

TEST(EvaluationHtml, EscapesTextEverywhere) {
  const std::string html = evaluation_html(example());
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;"), std::string::npos);
  EXPECT_NE(html.find("sad &amp; &#39;so&#39;"), std::string::npos);
}

TEST(EvaluationHtml, NeedsNoNetworkAndNoOtherFile) {
  const std::string html = evaluation_html(example());
  const std::regex reference("(?:src|href)\\s*=\\s*[\"'](?!data:)[^\"']*[\"']");
  const std::string markup = html.substr(0, html.find("<script"));  // the chart library has no markup of its own
  EXPECT_FALSE(std::regex_search(markup, reference));
  EXPECT_NE(markup.find("src=\"data:image/jpeg;base64,"), std::string::npos);
  EXPECT_EQ(html.find("<link"), std::string::npos);
  EXPECT_EQ(html.find("<script src"), std::string::npos);
  EXPECT_EQ(html.find("@import"), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
}

TEST(EvaluationHtml, SaysItsLimits) {
  auto result = example();
  const auto contains = [](const std::vector<std::string>& limits, const std::string& part) {
    return std::any_of(limits.begin(), limits.end(), [&](const auto& limit) { return limit.find(part) != std::string::npos; });
  };
  EXPECT_TRUE(contains(limits_of(result), "happy (30)"));
  EXPECT_TRUE(contains(limits_of(result), "No image is labelled absent"));
  EXPECT_TRUE(contains(limits_of(result), "33.3 %"));
  EXPECT_TRUE(contains(limits_of(result), "1 images could not be processed"));
  EXPECT_TRUE(contains(limits_of(result), "1,385 (ties)"));
  EXPECT_FALSE(contains(limits_of(result), "temperature"));
  result.predictions.temperature = 2;
  EXPECT_TRUE(contains(limits_of(result), "temperature 2.000"));
}

TEST(EvaluationReport, RefusesMetricsOfOtherPredictions) {
  TemporaryFolder folder;
  auto result = example();
  result.class_names.pop_back();
  EXPECT_THROW(write_evaluation_report(result, folder.path()), Error);
  result = example();
  result.metrics.n = 3;
  EXPECT_THROW(write_evaluation_report(result, folder.path()), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace mien
