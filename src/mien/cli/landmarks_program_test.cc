// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Trains and scores landmark models with the built program, as a user does.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/landmark_training/landmark_data.h"
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

// A drawn face as a table with a numbering of its own: the points that the map names are scored, and nothing can be trained on them.
TEST_F(LandmarksProgram, ScoresHandPlacedPointsWithAMap) {
  const auto trained =
      run("train --data procedural:60 --split all --detector reference --output drawn.dat --trees 10 --cascade-depth 2 --tree-depth 3");
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Dataset drawn = open_landmark_data("procedural:6");
  std::string table = "image,identity,x_0,x_1,x_2,y_0,y_1,y_2\n";
  for (std::int64_t i = 0; i < drawn.size(); ++i) {
    const Sample face = load_landmark_face(drawn, i);
    write_image(folder_.path() / fmt::format("{}.png", i), face.image);
    const Points& p = face.annotations.landmarks;
    table += fmt::format("{}.png,p{},{},{},{},{},{},{}\n", i, i, p[45].x, p[36].x, p[8].x, p[45].y, p[36].y, p[8].y);
  }
  write_atomically(folder_.path() / "landmarks.csv", table);
  write_atomically(folder_.path() / "landmark_map68.csv", "ibug68,own,match\n45,0,exact\n36,1,exact\n8,2,approx\n");
  const auto scored = [&](const std::string& more) {
    const auto outcome = run("score --data . --detector dlib --landmarks drawn.dat --format json -q " + more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out).at(0);
  };
  const auto exact = scored(""), all = scored("--points all");
  EXPECT_EQ(exact.at("faces"), "6");
  EXPECT_EQ(exact.at("jaw_pct"), "-");
  EXPECT_NE(exact.at("eyes_pct"), "-");
  EXPECT_NE(all.at("jaw_pct"), "-");
  expect_error(run("score --data . --box reference --landmarks drawn.dat"), 1, "only 2 of the 68 points are known", "detector's boxes");
  expect_error(run("train --data . --split all --detector reference --output other.dat"), 1, "only 2 of the 68", "not for training");
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
