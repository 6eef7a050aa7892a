// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/result_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mien/results/checked_results.h"
#include "mien/results/results_for_tests.h"
#include "mien/base/error.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::kUnknown;
using testing::three_classes;

std::string line_of(const FrameResult& frame, const AnalysisInfo& info = three_classes()) {
  std::string line;
  ResultToJson(info).append(line, rounded(frame));
  return line;
}

FaceResult without_landmarks() {
  FaceResult face = full_face();
  face.landmarks.clear();
  return face;
}

TEST(ResultJson, ExactText) {
  FaceResult face = without_landmarks();
  face.followed = true;
  face.uncertain = true;
  face.valence = 0.5F;
  face.arousal = -0.12344F;
  EXPECT_EQ(line_of(frame_of("a.mp4", {face}, true, 7, 0.28)),
            "{\"source\":\"a.mp4\",\"video\":true,\"frame\":7,\"time_s\":0.28,\"width\":640,\"height\":480,\"faces\":["
            "{\"box\":[10.12,20.5,30,40.25],\"score\":0.9877,\"identity\":3,\"followed\":true,\"label\":\"happiness\","
            "\"confidence\":0.65,\"uncertain\":true,"
            "\"probabilities\":{\"neutral\":0.25,\"happiness\":0.65,\"contempt\":0.1},\"valence\":0.5,\"arousal\":-0.1234,"
            "\"pose\":{\"yaw_deg\":10.13,\"pitch_deg\":-5,\"roll_deg\":2.5,\"translation_mm\":[1,-2,600],\"reprojection_error_"
            "px\":1.235},"
            "\"quality\":{\"size_px\":55.5,\"sharpness\":0.9,\"exposure\":1,\"frontal\":0.75,\"overall\":0.75}}]}");
  EXPECT_EQ(line_of(failed_frame("b.jpg", "b.jpg: no such \"file\"")),
            "{\"source\":\"b.jpg\",\"video\":false,\"frame\":0,\"time_s\":0,\"width\":0,\"height\":0,\"faces\":[],\"error\":\"b."
            "jpg: no such \\\"file\\\"\"}");
}

TEST(ResultJson, LeavesOutWhatWasNotAskedFor) {
  FaceResult face;
  face.box = {1, 2, 3, 4};
  EXPECT_EQ(line_of(frame_of("a", {face})),
            "{\"source\":\"a\",\"video\":false,\"frame\":0,\"time_s\":0,\"width\":640,\"height\":480,\"faces\":[{\"box\":[1,2,3,"
            "4],\"score\":0}]}");
}

TEST(ResultJson, RoundTrip) {
  FaceResult face = full_face();
  face.raw_probabilities = {0.2F, 0.7F, 0.1F};
  face.valence = -1.0F;
  face.action_units.assign(18, 0.5F);
  face.action_units[4] = kUnknown;
  face.probabilities[2] = kUnknown;
  const FrameResult frame = frame_of("folder/a.mp4", {face, FaceResult()}, true, 123456789012, 3600.123456);
  const std::string line = line_of(frame);
  ResultFromJson reader;
  const FrameResult back = reader.read(line, "here");
  EXPECT_EQ(reader.class_names(), three_classes().class_names);
  EXPECT_EQ(back.source, frame.source);
  EXPECT_TRUE(back.video);
  EXPECT_EQ(back.frame, 123456789012);
  EXPECT_EQ(back.time_s, 3600.123456);
  EXPECT_EQ(back.width, 640);
  EXPECT_EQ(back.height, 480);
  ASSERT_EQ(back.faces.size(), 2u);
  const FaceResult& a = back.faces[0];
  EXPECT_EQ(a.identity, 3);
  EXPECT_EQ(a.box.x, 10.12F);
  EXPECT_EQ(a.landmarks, face.landmarks);
  EXPECT_EQ(a.pose.yaw_deg, 10.13);
  EXPECT_EQ(a.pose.translation_mm[2], 600.0);
  EXPECT_EQ(a.quality.overall, 0.75);
  EXPECT_EQ(a.label, 1);
  EXPECT_EQ(a.probabilities[1], 0.65F);
  EXPECT_TRUE(std::isnan(a.probabilities[2]));
  EXPECT_EQ(a.raw_probabilities[1], 0.7F);
  EXPECT_EQ(a.valence, -1.0F);
  EXPECT_FALSE(a.arousal.has_value());
  EXPECT_TRUE(std::isnan(a.action_units[4]));
  EXPECT_EQ(a.action_units[5], 0.5F);
  const FaceResult& b = back.faces[1];
  EXPECT_EQ(b.identity, -1);
  EXPECT_EQ(b.label, -1);
  EXPECT_TRUE(b.probabilities.empty() && b.landmarks.empty() && b.action_units.empty());
  EXPECT_FALSE(has_pose(b) || has_quality(b));
  std::string again;
  ResultToJson(three_classes()).append(again, back);
  EXPECT_EQ(again, line);
}

TEST(ResultJson, AnyFileName) {
  for (const std::string name : {"a, \"b\"\n\t\\.jpg", "caf\xC3\xA9.jpg", "caf\xE9.jpg", "\xFF\x80", "100%E9.jpg", ""}) {
    const std::string line = line_of(failed_frame(name, "cannot read " + name));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_EQ(ResultFromJson().read(line, "here").source, name);
  }
  EXPECT_NE(
      line_of(failed_frame("caf\xE9.jpg", "x")).find("\"source\":\"caf\xEE\xBF\xA9.jpg\",\"source_encoded\":\"caf%E9.jpg\""),
      std::string::npos);
}

TEST(ResultJson, NotFiniteNumbersAreNull) {
  FaceResult face = without_landmarks();
  face.score = std::numeric_limits<float>::infinity();
  face.box.x = kUnknown;
  face.pose.yaw_deg = std::nan("");
  FrameResult frame = frame_of("a", {face}, true);
  frame.time_s = std::nan("");
  const std::string line = line_of(frame);
  const auto json = nlohmann::json::parse(line);
  EXPECT_TRUE(json["time_s"].is_null());
  EXPECT_TRUE(json["faces"][0]["score"].is_null());
  EXPECT_TRUE(json["faces"][0]["box"][0].is_null());
  EXPECT_FALSE(json["faces"][0].contains("pose"));
  EXPECT_TRUE(std::isnan(ResultFromJson().read(line, "here").time_s));
}

TEST(ResultJson, DamageIsNamedAndNeverCrashes) {
  FaceResult face = full_face();
  face.action_units.assign(18, 1);
  const std::string line = line_of(frame_of("a.mp4", {face}, true, 1, 0.04));
  for (std::size_t cut = 0; cut < line.size(); ++cut)
    EXPECT_THROW((void)ResultFromJson().read(line.substr(0, cut), "here"), Error);
  int refused = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string damaged = line;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    try {
      (void)ResultFromJson().read(damaged, "here");
    } catch (const Error& error) {
      ++refused;
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
      EXPECT_EQ(std::string(error.what()).substr(0, 5), "here:");
    }
  }
  EXPECT_GT(refused, static_cast<int>(line.size() / 5));
  for (const char* text : {"[]", "null", "{}", "3", "{\"source\":1}"})
    EXPECT_THROW((void)ResultFromJson().read(text, "here"), Error);
}

TEST(ResultJson, OtherClassesAreRefused) {
  ResultFromJson reader;
  (void)reader.read(line_of(frame_of("a", {without_landmarks()})), "f:1");
  AnalysisInfo other = three_classes();
  std::swap(other.class_names[0], other.class_names[2]);
  try {
    (void)reader.read(line_of(frame_of("a", {without_landmarks()}), other), "f:2");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "f:2: expected neutral, happiness, contempt as 'probabilities'");
  }
}

}  // namespace
}  // namespace mien
