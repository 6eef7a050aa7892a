// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Finds landmarks of a data set with the built program, as a user does.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/testing/golden.h"
#include "mien/testing/program.h"

namespace mien {
namespace {

using testing::expect_error;

class DataLandmarksProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto tried = run("data landmarks procedural:1 -o tried --landmarks dlib -q");
    if (tried.code != 0 && tried.err.find("libdlib-data") != std::string::npos)
      GTEST_SKIP() << "needs dlib's landmark model (package libdlib-data)";
  }
  testing::Outcome run(const std::string& arguments) { return testing::run_in_shell(MIEN_PROGRAM, folder_.path(), arguments); }
  std::string table(const std::string& folder) const {
    const fs::path file = folder_.path() / folder / "landmarks.csv";
    return fs::exists(file) ? read_text(file) : "";
  }
  TemporaryFolder folder_{"mien-data-landmarks-test"};
};

TEST_F(DataLandmarksProgram, FindsDrawnFacesAndWritesPictures) {
  const auto found = run("data landmarks procedural:6 -o out --heat-maps --masks --parts --subset eyes+mouth --format json -q");
  ASSERT_EQ(found.code, 0) << found.err;
  const auto json = nlohmann::json::parse(found.out);
  EXPECT_EQ(json.at("images"), 6);
  EXPECT_EQ(json.at("new_rows"), 6);
  const auto faces = json.at("counts").value("found", 0);
  EXPECT_GE(faces, 5);
  const CsvTable rows = read_csv(folder_.path() / "out" / "landmarks.csv", true);
  ASSERT_EQ(rows.rows.size(), 6u);
  for (const char* kind : {"heat_maps", "masks", "parts/mouth"})
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "out" / kind), fs::directory_iterator()), faces) << kind;
  const auto stats = run("data stats procedural:6 --landmark-table out/landmarks.csv --format json");
  ASSERT_EQ(stats.code, 0) << stats.err;
  EXPECT_NE(stats.out.find("\"landmarks\": " + std::to_string(faces)), std::string::npos) << stats.out;
}

TEST_F(DataLandmarksProgram, AKilledRunGoesOn) {
  ASSERT_EQ(run("data landmarks procedural:60 -o whole --landmarks dlib -q").code, 0);
  const pid_t child = testing::start_program(MIEN_PROGRAM, folder_.path(),
                                             {"data", "landmarks", "procedural:60", "-o", "torn", "--landmarks", "dlib", "--threads", "1"});
  for (int i = 0; i < 2000 && std::ranges::count(table("torn"), '\n') < 10; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(child, SIGKILL);
  testing::wait_for(child);
  EXPECT_GE(std::ranges::count(table("torn"), '\n'), 10);
  expect_error(run("data landmarks procedural:60 -o torn -q"), 2, "exists already", "--resume");
  expect_error(run("data landmarks procedural:60 -o torn -q --resume --landmarks dlib --masks"), 1, "masks = false", "folder");
  expect_error(run("data landmarks procedural:60 -o torn -q --resume --landmarks dlib --min-face 33"), 1, "min_face = \"0\", now it is \"33\"", "folder");
  const std::string network = (testing::source_folder() / "models" / "mien-landmarks68.onnx").string();
  expect_error(run("data landmarks procedural:60 -o torn -q --resume --landmarks '" + network + "'"), 1, "landmarks = \"forest\"", "folder");
  ASSERT_EQ(run("data landmarks procedural:60 -o torn -q --resume --landmarks dlib").code, 0);
  EXPECT_EQ(table("torn"), table("whole"));
}

TEST_F(DataLandmarksProgram, SaysWhatIsWrong) {
  expect_error(run("data landmarks procedural:2"), 2, "--output", "--help");
  expect_error(run("data landmarks procedural:2 -o x --detector dlip"), 2, "dlip", "dlib");
  expect_error(run("data landmarks procedural:2 -o x --landmarks missing.dat"), 1, "missing.dat", "");
  expect_error(run("data landmarks procedural:2 -o x --subset ears"), 2, "ears", "eyes");
  expect_error(run("data landmarks procedural:2 -o x --format csv"), 2, "csv", "--format");
  expect_error(run("data stats procedural:2 --landmark-table none.csv"), 1, "none.csv", "");
  write_atomically(folder_.path() / "bad.csv", "id,x_0\na,1\n");
  expect_error(run("data stats procedural:2 --landmark-table bad.csv"), 1, "bad.csv: no column 'y_0'", "");
  expect_error(run("data stats procedural:2 --action-units bad.csv"), 1, "bad.csv: expected OpenFace's columns", "");
}

}  // namespace
}  // namespace mien
