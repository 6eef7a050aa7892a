// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/results/results_for_tests.h"
#include "mien/base/csv.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::kUnknown;
using testing::three_classes;
using testing::written;

TEST(CsvWriter, ExactText) {
  FaceResult bare;
  bare.box = {1, 2, 3, 4};
  bare.score = 0.5F;
  bare.followed = true;
  EXPECT_EQ(written("csv",
                    {frame_of("a.mp4", {full_face(), bare}, true, 7, 0.28), frame_of("a.mp4", {}, true, 8, 0.32),
                     failed_frame("b.jpg", "b.jpg: broken, \"sorry\"")},
                    three_classes(), false),
            "source,frame,time_s,face,identity,x,y,width,height,score,followed,yaw,pitch,roll,size_px,sharpness,exposure,frontal,"
            "quality,label,confidence,uncertain,"
            "p_neutral,p_happiness,p_contempt,error\n"
            "a.mp4,7,0.280000,0,3,10.12,20.50,30.00,40.25,0.9877,0,10.13,-5.00,2.50,55.50,0.900,1.000,0.750,0.750,happiness,0."
            "65000,0,0.25000,0.65000,0.10000,\n"
            "a.mp4,7,0.280000,1,,1.00,2.00,3.00,4.00,0.5000,1,,,,,,,,,,,,,,,\n"
            "a.mp4,8,0.320000,,,,,,,,,,,,,,,,,,,,,,,\n"
            "b.jpg,0,0.000000,,,,,,,,,,,,,,,,,,,,,,,\"b.jpg: broken, \"\"sorry\"\"\"\n");
}

TEST(CsvWriter, AllColumns) {
  AnalysisInfo info = three_classes();
  info.class_names[2] = "so, \"so\"";
  info.has_raw_probabilities = info.has_valence_arousal = info.has_action_units = true;
  FaceResult face = full_face();
  face.raw_probabilities = {0.5F, 0.25F, kUnknown};
  face.valence = 0.75F;
  face.action_units.assign(18, kUnknown);
  face.action_units[0] = 1.5F;
  face.action_units[17] = 5;
  const TemporaryFolder folder;
  write_atomically(folder.path() / "a.csv", written("csv", {frame_of("a", {face})}, info));
  const CsvTable table = read_csv(folder.path() / "a.csv", true);
  ASSERT_EQ(table.rows.size(), 1u);
  const auto cell = [&](const std::string& name) { return table.rows[0].at(static_cast<std::size_t>(table.column(name))); };
  EXPECT_EQ(cell("p_so, \"so\""), "0.10000");
  EXPECT_EQ(cell("raw_p_neutral"), "0.50000");
  EXPECT_EQ(cell("raw_p_so, \"so\""), "");
  EXPECT_EQ(cell("valence"), "0.7500");
  EXPECT_EQ(cell("arousal"), "");
  EXPECT_EQ(cell("AU01_r"), "1.500");
  EXPECT_EQ(cell("AU02_r"), "");
  EXPECT_EQ(cell("AU45_r"), "5.000");
  EXPECT_EQ(cell("x_0"), "0.00");
  EXPECT_EQ(cell("x_67"), "67.00");
  EXPECT_EQ(cell("y_0"), "0.50");
  EXPECT_EQ(cell("y_67"), "134.50");
  EXPECT_EQ(table.header.size(), 22u + 3 + 3 + 2 + 18 + 1 + 136);
  EXPECT_EQ(table.rows[0].size(), table.header.size());
}

TEST(CsvWriter, ManyFacesAndAnyFileName) {
  const std::string name = "a, \"b\"\nc\xE9.jpg";
  const TemporaryFolder folder;
  write_atomically(folder.path() / "a.csv",
                   written("csv", {frame_of(name, std::vector<FaceResult>(100, full_face()))}, three_classes()));
  const CsvTable table = read_csv(folder.path() / "a.csv", true);
  ASSERT_EQ(table.rows.size(), 100u);
  EXPECT_EQ(table.rows[99][0], "a, \"b\"\nc\xEE\xBF\xA9.jpg");
  EXPECT_EQ(table.rows[99][3], "99");
}

TEST(CsvWriter, NamesAreNoFormulas) {
  const TemporaryFolder folder;
  AnalysisInfo info = three_classes();
  info.class_names[1] = "=1+2";
  FaceResult face = full_face();
  face.label = 1;
  write_atomically(folder.path() / "a.csv", written("csv", {frame_of("-2+3.jpg", {face})}, info));
  const CsvTable table = read_csv(folder.path() / "a.csv", true);
  EXPECT_EQ(table.rows[0][0], "'-2+3.jpg");
  EXPECT_EQ(table.rows[0][static_cast<std::size_t>(table.column("label"))], "'=1+2");
  EXPECT_EQ(table.rows[0][1], "0");
}

}  // namespace
}  // namespace mien
