// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/predictions_csv.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"

namespace mien {
namespace {

TEST(PredictionsCsv, RoundTripIsExact) {
  Random random(3);
  Predictions written;
  written.classes = 3;
  written.temperature = 1.2345678901234567;
  for (int i = 0; i < 500; ++i) {
    written.ids.push_back(i == 0 ? "a, \"quoted\"\npath.png" : "image" + std::to_string(i));
    written.labels.push_back(i % 3);
    for (int c = 0; c < 3; ++c)
      written.logits.push_back(static_cast<float>(random.normal() * std::pow(10, random.integer(9) - 5)));
  }
  const std::vector<std::string> names{"happy, very", "<b>\"sad\"</b>", "überrascht"};
  TemporaryFolder folder;
  write_predictions_csv(written, names, folder.path() / "p.csv");
  std::vector<std::string> read_names;
  const auto read = read_predictions_csv(folder.path() / "p.csv", read_names);
  EXPECT_EQ(read_names, names);
  EXPECT_EQ(read.ids, written.ids);
  EXPECT_EQ(read.labels, written.labels);
  EXPECT_EQ(read.logits, written.logits);
  EXPECT_EQ(read.temperature, written.temperature);
}

TEST(PredictionsCsv, ColumnsForPeople) {
  TemporaryFolder folder;
  write_predictions_csv({2, {"x.png"}, {0, std::log(3.f)}, {0}, 1}, {"a", "b"}, folder.path() / "p.csv");
  const auto table = read_csv(folder.path() / "p.csv", true);
  EXPECT_EQ(table.header, (std::vector<std::string>{"image", "true", "predicted", "confidence", "p_a", "p_b", "logit_a",
                                                    "logit_b", "temperature"}));
  EXPECT_EQ(table.rows[0][1], "a");
  EXPECT_EQ(table.rows[0][2], "b");
  EXPECT_EQ(table.rows[0][3], "0.750000");
  EXPECT_EQ(table.rows[0][4], "0.250000");
}

TEST(PredictionsCsv, ReadsProbabilitiesOfOtherTools) {
  TemporaryFolder folder;
  write_atomically(folder.path() / "p.csv", "image,true,p_a,p_b\nx,b,0.2,0.8\ny,a,1,0\n");
  std::vector<std::string> names;
  const auto read = read_predictions_csv(folder.path() / "p.csv", names);
  EXPECT_EQ(read.labels, (std::vector<int>{1, 0}));
  EXPECT_NEAR(probabilities(read)[1], 0.8, 1e-6);
  EXPECT_NEAR(probabilities(read)[3], 0, 1e-6);
}

TEST(PredictionsCsv, NamesFileAndLineOfWhatIsWrong) {
  TemporaryFolder folder;
  std::vector<std::string> names;
  const auto message = [&](const std::string& text) -> std::string {
    write_atomically(folder.path() / "p.csv", text);
    try {
      read_predictions_csv(folder.path() / "p.csv", names);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message("image,true,logit_a,logit_b\nx,a,1,2\ny,c,1,2\n").find("p.csv:3"), std::string::npos);
  EXPECT_NE(message("image,true,logit_a\nx,a,one\n").find("p.csv:2"), std::string::npos);
  EXPECT_NE(message("image,true\nx,a\n").find("logit_"), std::string::npos);
  EXPECT_NE(message("image,true,logit_a\n").find("no predictions"), std::string::npos);
  EXPECT_NE(message("image,true,logit_a,temperature\nx,a,1,1\ny,a,1,2\n").find("p.csv:3"), std::string::npos);
}

TEST(PredictionsCsv, RefusesNamesThatDoNotFit) {
  TemporaryFolder folder;
  const Predictions two{2, {}, {0, 1}, {0}, 1};
  EXPECT_THROW(write_predictions_csv(two, {"a"}, folder.path() / "p.csv"), Error);
  EXPECT_THROW(write_predictions_csv(two, {"a", "a"}, folder.path() / "p.csv"), Error);
}

}  // namespace
}  // namespace mien
