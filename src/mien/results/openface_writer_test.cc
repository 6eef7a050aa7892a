// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "mien/results/openface_pose.h"
#include "mien/results/results_for_tests.h"
#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::three_classes;
using testing::written;

using Names = std::vector<std::string>;

void add_range(Names& names, const std::string& prefix, int count) {
  for (int i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
}

/// The columns of OpenFace 2.2, written down block by block from its documentation.
Names openface_columns() {
  Names n = {"frame",    "face_id",  "timestamp", "confidence", "success",      "gaze_0_x",    "gaze_0_y",
             "gaze_0_z", "gaze_1_x", "gaze_1_y",  "gaze_1_z",   "gaze_angle_x", "gaze_angle_y"};
  add_range(n, "eye_lmk_x_", 56);
  add_range(n, "eye_lmk_y_", 56);
  add_range(n, "eye_lmk_X_", 56);
  add_range(n, "eye_lmk_Y_", 56);
  add_range(n, "eye_lmk_Z_", 56);
  for (const char* name : {"pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"}) n.push_back(name);
  add_range(n, "x_", 68);
  add_range(n, "y_", 68);
  add_range(n, "X_", 68);
  add_range(n, "Y_", 68);
  add_range(n, "Z_", 68);
  for (const char* name : {"p_scale", "p_rx", "p_ry", "p_rz", "p_tx", "p_ty"}) n.push_back(name);
  add_range(n, "p_", 34);
  for (const char* unit : {"01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20", "23", "25", "26", "45"})
    n.push_back("AU" + std::string(unit) + "_r");
  for (const char* unit :
       {"01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20", "23", "25", "26", "28", "45"})
    n.push_back("AU" + std::string(unit) + "_c");
  return n;
}

/// Cells of row `row` (0 = first after the header) by column.
std::map<std::string, std::string> row_of(const std::string& text, std::size_t row) {
  const auto lines = split(text, '\n');
  const auto names = csv_fields(lines.at(0), "header"), cells = csv_fields(lines.at(row + 1), "row");
  EXPECT_EQ(names.size(), cells.size());
  std::map<std::string, std::string> result;
  for (std::size_t i = 0; i < names.size(); ++i) result[names[i]] = cells.at(i);
  return result;
}

TEST(OpenFaceWriter, Columns) {
  const Names expected = openface_columns();
  ASSERT_EQ(expected.size(), 714u);
  EXPECT_EQ(split(written("openface", {frame_of("a.mp4", {}, true)}, three_classes()), '\n')[0], join(expected, ","));
  Names image(expected.begin() + 5, expected.end());
  image.insert(image.begin(), {"face", "confidence"});
  EXPECT_EQ(written("openface", {frame_of("a.jpg")}, three_classes()), join(image, ",") + "\n");
}

TEST(OpenFaceWriter, HasEveryColumnOfAnOlderTable) {
  const auto shared = testing::shared_folder();
  const auto sample = shared ? *shared / "data/media/OpenFace_Test.csv" : fs::path();
  if (!shared || !fs::exists(sample)) GTEST_SKIP() << "needs data/media/OpenFace_Test.csv, a table written by OpenFace";
  const Names ours = csv_fields(split(written("openface", {frame_of("a.mp4", {}, true)}, three_classes()), '\n')[0], "header");
  Names in_sample, in_ours;
  for (const auto& name : read_csv(sample, true).header) in_sample.push_back(name);
  const std::set<std::string> known(in_sample.begin(), in_sample.end());
  for (const auto& name : ours)
    if (known.count(name)) in_ours.push_back(name);
  EXPECT_EQ(in_ours, in_sample);  // all of them, in the same order
}

TEST(OpenFaceWriter, Values) {
  FaceResult face = full_face();
  face.pose.yaw_deg = 30;
  face.pose.pitch_deg = face.pose.roll_deg = 0;
  face.pose.translation_mm = {0, 0, 612.34};
  face.action_units.assign(18, 0);
  face.action_units[0] = 1.236F;
  face.action_units[1] = testing::kUnknown;
  face.action_units[16] = 1;      // AU28
  face.action_units[17] = 0.99F;  // AU45
  const std::string text =
      written("openface", {frame_of("a.mp4", {face}, true, 7, 0.2804), frame_of("a.mp4", {}, true, 8, 0.32)}, three_classes());
  auto row = row_of(text, 0);
  const std::map<std::string, std::string> expected = {
      {"frame", "8"},           {"face_id", "3"},          {"timestamp", "0.280"}, {"confidence", "0.99"}, {"success", "1"},
      {"gaze_0_x", "0.000000"}, {"gaze_angle_y", "0.000"}, {"eye_lmk_x_0", "0.0"}, {"pose_Tx", "0.0"},     {"pose_Tz", "612.3"},
      {"pose_Rx", "0.000"},     {"pose_Ry", "-0.524"},     {"pose_Rz", "0.000"},   {"x_0", "0.0"},         {"x_67", "67.0"},
      {"y_0", "0.5"},           {"y_67", "134.5"},         {"X_0", "0.0"},         {"p_scale", "0.000"},   {"p_33", "0.000"},
      {"AU01_r", "1.24"},       {"AU01_c", "1.0"},         {"AU02_r", "0.00"},     {"AU02_c", "0.0"},      {"AU28_c", "1.0"},
      {"AU45_r", "0.99"},       {"AU45_c", "0.0"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(row[name], value) << name;
  row = row_of(text, 1);
  EXPECT_EQ(row["frame"], "9");
  EXPECT_EQ(row["success"], "0");
  EXPECT_EQ(row["confidence"], "0.00");
  EXPECT_EQ(row["x_30"], "0.0");
  EXPECT_EQ(row["AU01_r"], "0");  // as OpenFace where none were computed
}

TEST(OpenFaceWriter, PicturesAndFacesWithoutNumbers) {
  FaceResult face = full_face();
  face.identity = -1;
  const std::string video = written("openface", {frame_of("a.mp4", {face, face}, true)}, three_classes());
  EXPECT_EQ(row_of(video, 0)["face_id"], "0");
  EXPECT_EQ(row_of(video, 1)["face_id"], "1");
  face.identity = 5;
  const std::string picture = written("openface", {frame_of("a.jpg", {face, face})}, three_classes());
  EXPECT_EQ(row_of(picture, 1)["face"], "1");
  EXPECT_EQ(row_of(picture, 1)["confidence"], "0.988");
}

TEST(OpenFaceWriter, OneFileASource) {
  const TemporaryFolder folder;
  const auto target = folder.path() / "openface";
  const auto writer = make_result_writer({"openface", target}, three_classes());
  for (const char* source : {"x/a.mp4", "x/a.mp4", "y/a.mp4", "b.jpg", "camera:0", "x/caf\xE9.mp4"})
    writer->write(frame_of(source, {full_face()}, std::string(source) != "b.jpg"), {});
  writer->finish();
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(target)) names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"a.csv", "a-2.csv", "b.csv", "camera_0.csv", "caf\xE9.csv"}));
  EXPECT_EQ(split(read_text(target / "a.csv"), '\n').size(), 4u);
  EXPECT_EQ(split(read_text(target / "a-2.csv"), '\n').size(), 3u);
}

TEST(OpenFaceWriter, OneFileForTwoSourcesIsAnError) {
  const TemporaryFolder folder;
  const auto writer = make_result_writer({"openface", folder.path() / "a.csv"}, three_classes());
  writer->write(frame_of("a.mp4", {}, true), {});
  EXPECT_THROW(writer->write(frame_of("b.mp4", {}, true), {}), Error);
}

// By hand: R = Rx Ry Rz with x right, y down, z away. A table of 100 frames written by OpenFace has the same signs: with positive
// Ry the nose of its points in space goes to the left (correlation -0.99), with positive Rx down (0.99).
TEST(OpenFacePose, SingleAngles) {
  HeadPose pose;
  pose.translation_mm = {0, 0, 500};
  const auto expect = [&](double rx, double ry, double rz) {
    const cv::Vec3d r = openface_rotation(pose);
    EXPECT_NEAR(r[0], rx, 1e-12);
    EXPECT_NEAR(r[1], ry, 1e-12);
    EXPECT_NEAR(r[2], rz, 1e-12);
  };
  expect(0, 0, 0);
  pose.yaw_deg = 45;
  expect(0, -M_PI / 4, 0);
  pose.yaw_deg = 0;
  pose.pitch_deg = 30;
  expect(M_PI / 6, 0, 0);
  pose.pitch_deg = 0;
  pose.roll_deg = -20;
  expect(0, 0, -M_PI / 9);
}

TEST(OpenFacePose, AgainstTheCameraAndNotTheLineOfSight) {
  // A head at 45 degrees to the right that looks at the camera is turned by 45 degrees to the left.
  HeadPose pose;
  pose.translation_mm = {500, 0, 500};
  cv::Vec3d r = openface_rotation(pose);
  EXPECT_NEAR(r[0], 0, 1e-12);
  EXPECT_NEAR(r[1], M_PI / 4, 1e-12);
  EXPECT_NEAR(r[2], 0, 1e-12);
  // Below the camera's axis it looks up.
  pose.translation_mm = {0, 500, 500};
  r = openface_rotation(pose);
  EXPECT_NEAR(r[0], -M_PI / 4, 1e-12);
  EXPECT_NEAR(r[1], 0, 1e-12);
  // Turned away from the camera by 45 degrees it looks along the camera's axis.
  pose.translation_mm = {500, 0, 500};
  pose.yaw_deg = 45;
  EXPECT_NEAR(cv::norm(openface_rotation(pose)), 0, 1e-12);
}

TEST(OpenFacePose, CombinedAnglesKeepTheNose) {
  HeadPose pose;
  pose.translation_mm = {0, 0, 700};
  pose.yaw_deg = 25;
  pose.pitch_deg = 15;
  pose.roll_deg = 10;
  const cv::Vec3d r = openface_rotation(pose);
  // Where (0, 0, -1) points under Rx(a) Ry(b) Rz(c), multiplied out by hand, and under roll * pitch * -yaw.
  const cv::Vec3d openface(-std::sin(r[1]), std::sin(r[0]) * std::cos(r[1]), -std::cos(r[0]) * std::cos(r[1]));
  const double y = 25 * M_PI / 180, p = 15 * M_PI / 180, c = 10 * M_PI / 180;
  const cv::Vec3d turned(std::sin(y), std::sin(p) * std::cos(y), -std::cos(p) * std::cos(y));
  const cv::Vec3d ours(turned[0] * std::cos(c) - turned[1] * std::sin(c), turned[0] * std::sin(c) + turned[1] * std::cos(c),
                       turned[2]);
  EXPECT_NEAR(cv::norm(openface - ours), 0, 1e-12);
}

}  // namespace
}  // namespace mien
