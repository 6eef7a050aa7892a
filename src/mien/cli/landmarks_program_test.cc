// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Trains and scores landmark models with the built program, as a user does.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

using testing::expect_error;

class LandmarksProgram : public ::testing::Test {
 protected:
  testing::Outcome run(const std::string& arguments) {
    return testing::run_in_shell(MIEN_PROGRAM, folder_.path(), "landmarks " + arguments);
  }
  TemporaryFolder folder_{"mien-landmarks-test"};
};

TEST_F(LandmarksProgram, TrainsAndScoresOnDrawnFaces) {
  const auto trained =
      run("train --data procedural:60 --split all --detector reference --output drawn.dat --trees 20 --cascade-depth 3 "
          "--tree-depth 3 --oversampling 3");
  ASSERT_EQ(trained.code, 0) << trained.err;
  const auto scored = run("score --data procedural:70 --box reference --landmarks drawn.dat --output out --format json -q");
  ASSERT_EQ(scored.code, 0) << scored.err;
  const auto row = nlohmann::json::parse(scored.out).at(0);
  EXPECT_EQ(row.at("landmarks"), "drawn.dat");
  EXPECT_EQ(row.at("faces"), "70");
  const CsvTable faces = read_csv(folder_.path() / "out" / "faces.csv", true);
  EXPECT_EQ(faces.rows.size(), 70u);
  EXPECT_EQ(read_csv(folder_.path() / "out" / "scores.csv", true).rows.size(), 1u);
  EXPECT_TRUE(fs::exists(folder_.path() / "out" / "curves.html"));
}

TEST_F(LandmarksProgram, SaysWhatIsWrong) {
  expect_error(run("score --data nowhere"), 1, "nowhere: there is no such file", "landmarks.csv");
  expect_error(run("score"), 2, "--data", "--help");
  expect_error(run("score --data procedural:4 --box here"), 2, "--box", "--help");
  expect_error(run("score --data procedural:4 --landmarks missing.onnx"), 1, "missing.onnx", "");
  expect_error(run("train --data procedural:4 --output a.dat --nu 2"), 2, "nu", "");
  write_atomically(folder_.path() / "bad.onnx", "no network");
  expect_error(run("boxes bad.onnx --data procedural:4 --detector reference"), 1, "bad.onnx", "again");
}

}  // namespace
}  // namespace mien
