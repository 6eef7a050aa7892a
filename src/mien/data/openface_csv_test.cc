// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/openface_csv.h"

#include <gmock/gmock.h>

#include <cmath>

#include "mien/base/text.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A line of OpenFace's columns AU01_r .. AU45_r (17) and AU01_c .. AU45_c (18), in its order, with values that tell where they
/// stand.
struct Units {
  std::vector<std::string> header, cells;
  explicit Units(int present = 1) {
    int k = 0;
    for (const char* unit :
         {"01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20", "23", "25", "26", "45"}) {
      header.push_back("AU" + std::string(unit) + "_r");
      cells.push_back("0." + std::to_string(10 + k++));
    }
    for (const char* unit :
         {"01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20", "23", "25", "26", "28", "45"}) {
      header.push_back("AU" + std::string(unit) + "_c");
      cells.push_back(std::string(unit) == "28" || std::string(unit) == "04" ? std::to_string(present) + ".00" : "0.00");
    }
  }
};

std::string landmark_names() {
  std::string names;
  for (const char* axis : {"x", "y"})
    for (int i = 0; i < 68; ++i) names += std::string(", ") + axis + "_" + std::to_string(i);
  return names;
}
std::string landmark_values() {
  std::string values;
  for (int i = 0; i < 136; ++i) values += ", " + std::to_string(i) + ".5";
  return values;
}

class OpenFaceCsv : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    tree_.text(name, text);
    return (tree_.root() / name).string();
  }
  Dataset dataset(const std::vector<std::string>& ids) const {
    Dataset data;
    for (const auto& id : ids) {
      data.records.emplace_back();
      data.records.back().id = id;
    }
    return data;
  }
  /// One image's file as FaceLandmarkImg writes it.
  std::string image_file(int present = 1, double confidence = 0.9) const {
    const Units u(present);
    return "face,confidence," + join(u.header, ",") + "\n0," + std::to_string(confidence) + "," + join(u.cells, ",") + "\n";
  }
  testing::Tree tree_;
};

TEST_F(OpenFaceCsv, ReadsTheVideoDialectWithBlanks) {
  const Units u;
  const auto file = write(
      "v.csv", "frame, face_id, timestamp, confidence, success, pose_Tx, pose_Ty, pose_Tz, pose_Rx, pose_Ry, pose_Rz" +
                   landmark_names() + ", " + join(u.header, ", ") + "\n7, 2, 0.200, 0.98, 1, 1.0, -2.0, 600.5, 0.1, -0.2, 0.3" +
                   landmark_values() + ", " + join(u.cells, ", ") + "\n8, 2, 0.233, 0.00, 0, 0,0,0,0,0,0" + landmark_values() +
                   ", " + join(u.cells, ", ") + "\n");
  const auto rows = read_openface_csv(file);
  ASSERT_EQ(rows.size(), 2u);
  const auto& row = rows[0];
  EXPECT_EQ(row.frame, 7);
  EXPECT_EQ(row.face, 2);
  EXPECT_EQ(row.line, 2);
  EXPECT_DOUBLE_EQ(row.timestamp_s, 0.2);
  EXPECT_DOUBLE_EQ(row.confidence, 0.98);
  EXPECT_TRUE(row.success);
  EXPECT_FALSE(rows[1].success);
  ASSERT_TRUE(row.pose);
  EXPECT_EQ(row.pose->translation_mm, cv::Vec3d(1, -2, 600.5));
  EXPECT_EQ(row.pose->rotation_rad, cv::Vec3d(0.1, -0.2, 0.3));
  ASSERT_EQ(row.points.size(), 68u);
  EXPECT_EQ(row.points[3], cv::Point2f(3.5f, 71.5f));
  ASSERT_EQ(row.intensities.size(), 18u);
  EXPECT_FLOAT_EQ(row.intensities[0], 0.10f);
  EXPECT_FLOAT_EQ(row.intensities[17], 0.26f);   // AU45
  EXPECT_TRUE(std::isnan(row.intensities[16]));  // AU28 has none
  EXPECT_EQ(row.presences[16], 1);
  EXPECT_EQ(row.presences[2], 1);
  EXPECT_EQ(row.presences[0], 0);
}

TEST_F(OpenFaceCsv, ReadsTheImageDialect) {
  const auto rows = read_openface_csv(write("i.csv", image_file(1, 0.975)));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].face, 0);
  EXPECT_EQ(rows[0].frame, 0);
  EXPECT_TRUE(rows[0].success);
  EXPECT_TRUE(rows[0].points.empty());
  EXPECT_FALSE(rows[0].pose);
}

TEST_F(OpenFaceCsv, ErrorsNameFileAndLine) {
  EXPECT_MIEN_ERROR(read_openface_csv(write("a.csv", "a,b\n1,2\n")), ErrorCode::bad_file, "OpenFace's columns");
  EXPECT_MIEN_ERROR(read_openface_csv(write("b.csv", "face,confidence\n0,0.9\n0,high\n")), ErrorCode::bad_file,
                    "b.csv:3: expected a number in column 'confidence', found 'high'");
  EXPECT_MIEN_ERROR(read_openface_csv(write("c.csv", "face,confidence,AU01_r\n0,0.9,7\n")), ErrorCode::bad_file, "c.csv:2");
  EXPECT_MIEN_ERROR(read_openface_csv(write("d.csv", "face,confidence\n0\n")), ErrorCode::bad_file, "d.csv:2");
  EXPECT_MIEN_ERROR(read_openface_csv(write("e.csv", "frame,confidence\n1e300,1\n")), ErrorCode::bad_file, "e.csv:2");
  EXPECT_MIEN_ERROR(read_openface_csv(tree_.root() / "none.csv"), ErrorCode::not_found, "none.csv");
  EXPECT_TRUE(read_openface_csv(write("f.csv", "face,confidence\n")).empty());
}

TEST_F(OpenFaceCsv, AttachesOneFileAnImage) {
  write("units/train/a.csv", image_file());
  write("units/b.csv", image_file(0));
  write("units/lost.csv", "frame,confidence,success," + join(Units().header, ",") + "\n1,0,0," + join(Units().cells, ",") + "\n");
  Dataset data = dataset({"train/a.png", "valid/b.jpg", "lost.png", "none.png"});
  const auto report = attach_action_units(data, tree_.root() / "units");
  EXPECT_EQ(report.attached, 2);
  EXPECT_EQ(report.without_face, 1);
  EXPECT_EQ(report.missing, 1);
  EXPECT_THAT(report.examples, ElementsAre("none.png"));
  const auto& units = data.records[0].annotations.action_units;
  ASSERT_EQ(units.size(), 18u);
  EXPECT_FLOAT_EQ(units[0], 0.10f);
  EXPECT_FLOAT_EQ(units[15], 0.25f);  // AU26
  EXPECT_EQ(units[16], 1);            // AU28: its flag
  EXPECT_FLOAT_EQ(units[17], 0.26f);  // AU45
  EXPECT_EQ(data.records[1].annotations.action_units[16], 0);

  attach_action_units(data, tree_.root() / "units", ActionUnitValues::presence);
  EXPECT_EQ(data.records[0].annotations.action_units, (std::vector<float>{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}));
}

TEST_F(OpenFaceCsv, AttachesAJoinedFileAndTakesTheSurestFace) {
  const Units one(1), none(0);
  const auto line = [](const std::string& image, double confidence, const Units& u) {
    return "\n" + image + ", " + std::to_string(confidence) + ", " + join(u.cells, ", ");
  };
  const auto file = write("all.csv", "image, confidence, " + join(one.header, ", ") + line("x/a.png", 0.2, none) +
                                         line("x/a.png", 0.8, one) + line("x/a.png", 0.5, none) + line("b.png", 1, none) + "\n");
  Dataset data = dataset({"x/a.png", "y/b.png"});
  const auto report = attach_action_units(data, file, ActionUnitValues::presence);
  EXPECT_EQ(report.attached, 2);
  EXPECT_EQ(data.records[0].annotations.action_units[2], 1);
  EXPECT_EQ(data.records[1].annotations.action_units[2], 0);
}

TEST_F(OpenFaceCsv, RefusesToGuess) {
  write("units/a.csv", image_file());
  Dataset twins = dataset({"train/a.png", "valid/a.png"});
  EXPECT_MIEN_ERROR(attach_action_units(twins, tree_.root() / "units"), ErrorCode::bad_data, "'train/a.png' or 'valid/a.png'");
  Dataset other = dataset({"z.png"});
  EXPECT_MIEN_ERROR(attach_action_units(other, tree_.root() / "units"), ErrorCode::bad_data, "none of the data set's images");
  EXPECT_MIEN_ERROR(attach_action_units(other, tree_.root() / "units" / "a.csv"), ErrorCode::bad_data, "a.csv:2");
  EXPECT_MIEN_ERROR(attach_action_units(other, tree_.root() / "nowhere"), ErrorCode::not_found, "nowhere");
  write("few/z.csv", "face,confidence,AU01_r,AU01_c\n0,1,0.5,1\n");
  EXPECT_MIEN_ERROR(attach_action_units(other, tree_.root() / "few"), ErrorCode::bad_data, "no value of AU02");
}

TEST_F(OpenFaceCsv, IsAnOptionOfEveryDataSet) {
  tree_.image("faces/anger/one.png");
  tree_.image("faces/fear/two.png");
  write("units/one.csv", image_file());
  DatasetOptions options;
  options.spec = "folder:" + (tree_.root() / "faces").string();
  options.action_units = (tree_.root() / "units").string();
  options.action_unit_values = "presence";
  ReadReport report;
  const Dataset data = open_dataset(options, &report);
  EXPECT_EQ(data.records[0].annotations.action_units[2], 1);
  EXPECT_THAT(testing::text_of(report), HasSubstr("1 of 2 images have action units, 1 are not listed"));
}

}  // namespace
}  // namespace mien
