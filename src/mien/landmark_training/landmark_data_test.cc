// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/landmark_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

/// A table of two pictures with points (k, 100 + k) and (k + 0.5, 2k).
std::string table(const std::string& second_name = "b.png", const std::string& last = "134") {
  std::string text = "image,identity";
  for (const char axis : {'x', 'y'})
    for (int k = 0; k < 68; ++k) text += fmt::format(",{}_{}", axis, k);
  text += "\na.png,Ann";
  for (int k = 0; k < 68; ++k) text += fmt::format(",{}", k);
  for (int k = 0; k < 68; ++k) text += fmt::format(",{}", 100 + k);
  text += "\n" + second_name + ",Bob";
  for (int k = 0; k < 68; ++k) text += fmt::format(",{}.5", k);
  for (int k = 0; k < 67; ++k) text += fmt::format(",{}", 2 * k);
  return text + "," + last + "\n";
}

class LandmarkList : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_.path() / "images");
    write_image(folder_.path() / "images" / "a.png", cv::Mat(200, 100, CV_8UC3, cv::Scalar(1, 2, 3)));
    write_image(folder_.path() / "b.png", cv::Mat(50, 60, CV_8UC1, cv::Scalar(9)));
  }
  void write(const std::string& text) { write_atomically(folder_.path() / "landmarks.csv", text); }
  std::string message() {
    try {
      read_landmark_list(folder_.path());
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(LandmarkList, ReadsPointsIdentitiesAndImages) {
  write(table());
  const Dataset dataset = read_landmark_list(folder_.path() / "landmarks.csv");
  ASSERT_EQ(dataset.size(), 2);
  const Sample a = load_landmark_face(dataset, 0), b = load_landmark_face(dataset, 1);
  EXPECT_EQ(a.image.size(), cv::Size(100, 200));
  EXPECT_EQ(a.annotations.landmarks[67], cv::Point2f(67, 167));
  EXPECT_EQ(b.annotations.landmarks[3], cv::Point2f(3.5f, 6));
  EXPECT_EQ(b.annotations.identity, "Bob");
  EXPECT_EQ(dataset.records[1].split, third_of_identity("Bob"));
}

// FNV-1a of "a" is af63dc4c8601ec8c, of "foobar" 85944171f73967e8 (the algorithm's published test vectors).
TEST(Thirds, FollowFnv1a) {
  const auto name = [](std::uint64_t hash) { return std::string(std::vector{"train", "valid", "test"}[hash % 3]); };
  EXPECT_EQ(third_of_identity("a"), name(0xaf63dc4c8601ec8cull));
  EXPECT_EQ(third_of_identity("foobar"), name(0x85944171f73967e8ull));
}

TEST_F(LandmarkList, SaysWhatIsWrong) {
  EXPECT_NE(message().find("landmarks.csv: there is no such file"), std::string::npos);
  write(table("missing.png"));
  EXPECT_NE(message().find("landmarks.csv:3: there is no"), std::string::npos) << message();
  write(table("a.png"));
  EXPECT_NE(message().find("listed twice"), std::string::npos);
  write(table("b.png", "here"));
  EXPECT_NE(message().find("landmarks.csv:3"), std::string::npos) << message();
  write(table("b.png", "nan"));
  EXPECT_NE(message(), "");
  write("image,identity,x_0\na.png,Ann,1\n");
  EXPECT_NE(message().find("x_1"), std::string::npos) << message();
}

/// Two pictures, three points of the table's own: (10, 1), (20, 2), (30, 3), and the same a pixel to the right.
const char* const own_numbering = "image,identity,x_0,x_1,x_2,y_0,y_1,y_2\na.png,Ann,10,20,30,1,2,3\nb.png,Bob,11,21,31,1,2,3\n";

TEST_F(LandmarkList, OwnNumberingsAreReadThroughTheirMap) {
  write(own_numbering);
  EXPECT_NE(message().find("x_3"), std::string::npos) << message();
  write_atomically(folder_.path() / "landmark_map68.csv", "ibug68,mine,match\n45,2,exact\n36,0,exact\n8,1,approx\n");
  const Dataset exact = read_landmark_list(folder_.path()), all = read_landmark_list(folder_.path(), Counterparts::all);
  ASSERT_EQ(exact.size(), 2);
  const Points points = load_scored_face(exact, 1).annotations.landmarks, more = load_scored_face(all, 1).annotations.landmarks;
  ASSERT_EQ(points.size(), 68u);
  EXPECT_EQ(points[36], cv::Point2f(11, 1));
  EXPECT_EQ(points[45], cv::Point2f(31, 3));
  EXPECT_TRUE(std::isnan(points[8].x));
  EXPECT_EQ(more[8], cv::Point2f(21, 2));
  EXPECT_EQ(known_points(points).size(), 2u);
  EXPECT_EQ(known_points(more).size(), 3u);
  EXPECT_THROW(load_landmark_face(exact, 0), Error);  // nothing can be learnt from two points
}

TEST_F(LandmarkList, SaysWhatIsWrongWithAMap) {
  write(own_numbering);
  const auto with = [&](const std::string& map) {
    write_atomically(folder_.path() / "landmark_map68.csv", map);
    return message();
  };
  const std::string corners = "ibug68,mine,match\n36,0,exact\n45,2,exact\n";
  EXPECT_EQ(with(corners), "");
  EXPECT_NE(with(corners + "68,1,exact\n").find("landmark_map68.csv:4: 68 is no point of 68"), std::string::npos) << message();
  EXPECT_NE(with(corners + "8,3,exact\n").find("landmark_map68.csv:4: 3 is no point of 3"), std::string::npos) << message();
  EXPECT_NE(with(corners + "36,1,exact\n").find("has a counterpart already"), std::string::npos) << message();
  EXPECT_NE(with(corners + "8,1,same\n").find("found 'same'"), std::string::npos) << message();
  EXPECT_NE(with("ibug68,mine,match\n36,0,exact\n45,2,approx\n").find("(point 45) has no exact counterpart"), std::string::npos)
      << message();
  EXPECT_NE(with("ibug68,match\n36,exact\n").find("and one more"), std::string::npos) << message();
}

TEST_F(LandmarkList, MorePointsThanTheUsualWithoutAMapAreNotTakenForThem) {
  std::string header = "image", row = "\na.png";
  for (const char axis : {'x', 'y'})
    for (int k = 0; k < 70; ++k) header += fmt::format(",{}_{}", axis, k), row += ",1";
  write(header + row + "\n");
  EXPECT_NE(message().find("expected 68 points, found 70"), std::string::npos) << message();
}

TEST(LandmarkData, DrawnFacesHaveTheirPoints) {
  const Dataset drawn = open_landmark_data("procedural:3");
  EXPECT_EQ(load_landmark_face(drawn, 2).annotations.landmarks.size(), 68u);
}

}  // namespace
}  // namespace mien
