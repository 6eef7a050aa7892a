// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/landmark_table.h"

#include <gmock/gmock.h>

#include "mien/base/csv.h"
#include "mien/base/text.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using ::testing::HasSubstr;

LandmarkRow face(const std::string& id, float shift = 0) {
  LandmarkRow row;
  row.id = id;
  row.status = LandmarkStatus::found;
  row.box = {1.5f, -2, 40, 50.25f};
  row.score = 0.98765;
  for (int i = 0; i < 68; ++i) row.points.emplace_back(static_cast<float>(i) + shift, static_cast<float>(2 * i) + 0.25f);
  row.yaw_deg = -12.345, row.pitch_deg = -0.001, row.roll_deg = 3;
  row.size_px = 33.3, row.sharpness = 0.5, row.exposure = 1, row.frontal = 0.75, row.quality = 0.5;
  return row;
}

LandmarkRow failure(const std::string& id, LandmarkStatus status, const std::string& reason = "") {
  LandmarkRow row;
  row.id = id, row.status = status, row.reason = reason;
  return row;
}

class LandmarkTable : public ::testing::Test {
 protected:
  std::string file_text() const { return read_text(file_); }
  void append(const std::string& text) { std::ofstream(file_, std::ios::app | std::ios::binary) << text; }
  TemporaryFolder folder_{"mien-landmark-table"};
  fs::path file_ = folder_.path() / "landmarks.csv";
};

TEST_F(LandmarkTable, AnyNameComesBack) {
  const std::vector<std::string> ids = {"=1+2.png", "-x.png", "'=x.png", "caf\xE9.png", " a.png ", "a\nb.png", "-5", "'"};
  std::vector<LandmarkRow> written;
  for (const auto& id : ids) written.push_back(failure(id, LandmarkStatus::no_face));
  LandmarkTableWriter(file_, false).append(written);
  std::vector<std::string> found;
  for (const auto& row : read_landmark_table(file_)) found.push_back(row.id);
  EXPECT_EQ(found, ids);
  EXPECT_THAT(file_text(), HasSubstr("\n'=1+2.png,"));
  EXPECT_EQ(LandmarkTableWriter(file_, true).earlier().size(), ids.size());
}

TEST_F(LandmarkTable, ReadsWhatItWrote) {
  LandmarkTableWriter(file_, false)
      .append({face("a.jpg"), failure("b, \"quoted\".png", LandmarkStatus::no_face),
               failure("c.png", LandmarkStatus::unreadable, "c.png: empty, \"sadly\"")});
  const auto rows = read_landmark_table(file_);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].points, face("a.jpg").points);
  EXPECT_EQ(rows[0].box, cv::Rect2f(1.5f, -2, 40, 50.2f));  // one decimal, half to even
  EXPECT_DOUBLE_EQ(rows[0].score, 0.9877);
  EXPECT_NEAR(rows[0].yaw_deg, -12.345, 0.0051);
  EXPECT_DOUBLE_EQ(rows[0].quality, 0.5);
  EXPECT_EQ(rows[1].id, "b, \"quoted\".png");
  EXPECT_FALSE(rows[1].has_face());
  EXPECT_EQ(rows[2].status, LandmarkStatus::unreadable);
  EXPECT_EQ(rows[2].reason, "c.png: empty, \"sadly\"");
  EXPECT_EQ(file_text().find("-0.00,"), std::string::npos);  // no negative zero
  const CsvTable table = read_csv(file_, true);
  EXPECT_EQ(table.header, landmark_table_columns());
  EXPECT_EQ(table.header.size(), 8u + 136 + 8);
  EXPECT_EQ(table.rows[1].size(), table.header.size());
}

TEST_F(LandmarkTable, GoesOnWhereItWasCutOff) {
  LandmarkTableWriter(file_, false).append({face("a"), face("b", 1), face("c", 2)});
  const std::string whole = file_text();
  for (const std::size_t cut : {whole.size() - 1, whole.size() - 300, whole.size() - 900, std::size_t{40}, std::size_t{0}}) {
    write_atomically(file_, std::string_view(whole).substr(0, cut));
    LandmarkTableWriter writer(file_, true);
    std::vector<LandmarkRow> rest = {face("a"), face("b", 1), face("c", 2)};
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(writer.earlier().size()));
    EXPECT_FALSE(rest.empty());
    writer.append(rest);
    EXPECT_EQ(file_text(), whole) << cut;
  }
}

TEST_F(LandmarkTable, RefusesToOverwriteAndToMix) {
  LandmarkTableWriter(file_, false).append({face("a")});
  EXPECT_MIEN_ERROR(LandmarkTableWriter(file_, false), ErrorCode::usage, "exists already");
  write_atomically(file_, "id,score\nx,1\n");
  EXPECT_MIEN_ERROR(LandmarkTableWriter(file_, true), ErrorCode::bad_file, "columns");
  EXPECT_MIEN_ERROR(LandmarkTableWriter(folder_.path() / "no" / "such.csv", false), ErrorCode::io, "such.csv");
}

TEST_F(LandmarkTable, ErrorsNameFileAndLine) {
  LandmarkTableWriter(file_, false).append({face("a")});
  const std::string good = file_text();
  append(landmark_table_line(face("a")));
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "landmarks.csv:3: 'a' is listed twice");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    write_atomically(file_, text);
  };
  with("a,found", "a,fond");
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "landmarks.csv:2: unknown status 'fond'");
  with(",67.00,", ",,");
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "landmark 67 is missing");
  with(",67.00,", ",inf,");
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "landmarks.csv:2");
  with("x_5,", "x_five,");
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "x_5");
  write_atomically(file_, "name,x_0\na,1\n");
  EXPECT_MIEN_ERROR(read_landmark_table(file_), ErrorCode::bad_file, "no column 'id'");
  EXPECT_MIEN_ERROR(read_landmark_table(folder_.path() / "none.csv"), ErrorCode::not_found, "none.csv");
}

TEST_F(LandmarkTable, TakesPlainTablesOfPoints) {
  std::vector<std::string> header = {"image"}, cells = {"a.jpg"};
  for (const char* axis : {"x", "y"})
    for (int i = 0; i < 68; ++i) header.push_back(axis + ("_" + std::to_string(i))), cells.push_back(std::to_string(i) + ".5");
  write_atomically(file_, csv_line(header) + csv_line(cells));
  const auto rows = read_landmark_table(file_);
  EXPECT_EQ(rows.at(0).status, LandmarkStatus::found);
  EXPECT_EQ(rows.at(0).points.at(7), cv::Point2f(7.5f, 7.5f));
}

TEST_F(LandmarkTable, AttachesById) {
  Dataset dataset;
  for (const char* id : {"a", "b", "c", "d"}) {
    dataset.records.emplace_back();
    dataset.records.back().id = id;
  }
  const auto report = attach_landmarks(dataset, {face("c", 3), failure("b", LandmarkStatus::no_face), face("a"), face("unused")});
  EXPECT_EQ(report.attached, 2);
  EXPECT_EQ(report.without_face, 1);
  EXPECT_EQ(report.missing, 1);
  EXPECT_EQ(report.examples, std::vector<std::string>{"d"});
  EXPECT_EQ(dataset.records[0].annotations.landmarks, face("a").points);
  EXPECT_EQ(dataset.records[2].annotations.landmarks, face("c", 3).points);
  EXPECT_TRUE(dataset.records[1].annotations.landmarks.empty());
  EXPECT_EQ(attach_summary(report, "landmarks"), "2 of 4 images have landmarks, 1 show no face, 1 are not listed (first: d)");
  EXPECT_MIEN_ERROR(attach_landmarks(dataset, {face("x")}), ErrorCode::bad_data, "none of the data set's images");
}

TEST_F(LandmarkTable, IsAnOptionOfEveryDataSet) {
  testing::Tree tree;
  tree.image("anger/one.png", 10, 20, 20);
  tree.image("fear/two.png", 30, 20, 20);
  const Dataset plain = tree.open("folder");
  LandmarkTableWriter(file_, false).append({face(plain.records[0].id)});
  DatasetOptions options;
  options.landmark_table = file_.string();
  ReadReport report;
  const Dataset dataset = tree.open("folder", options, &report);
  EXPECT_EQ(dataset.load(0).annotations.landmarks, face("").points);
  EXPECT_TRUE(dataset.load(1).annotations.landmarks.empty());
  EXPECT_THAT(testing::text_of(report), HasSubstr("! " + file_.string() + ": 1 of 2 images have landmarks, 1 are not listed"));
}

}  // namespace
}  // namespace mien
