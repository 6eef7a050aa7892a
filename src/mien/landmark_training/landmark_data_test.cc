// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/landmark_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

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

TEST(LandmarkData, DrawnFacesHaveTheirPoints) {
  const Dataset drawn = open_landmark_data("procedural:3");
  EXPECT_EQ(load_landmark_face(drawn, 2).annotations.landmarks.size(), 68u);
}

}  // namespace
}  // namespace mien
