// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/detector_score.h"

#include <gtest/gtest.h>

#include <map>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

Detection at(float x, float side, float score) { return {{x, 0, side, side}, score, {}}; }

TEST(MatchDetections, EachFaceCountsOnce) {
  const std::vector<cv::Rect2f> faces = {{0, 0, 10, 10}, {20, 0, 10, 10}};
  EXPECT_EQ(match_detections({at(0, 10, 0.9F), at(1, 10, 0.8F)}, faces, 0.3), 1);
  EXPECT_EQ(match_detections({at(0, 10, 0.9F), at(21, 10, 0.8F), at(50, 10, 1)}, faces, 0.3), 2);
  EXPECT_EQ(match_detections({at(6, 10, 0.9F)}, faces, 0.3), 0);  // 4/16
  EXPECT_EQ(match_detections({at(6, 10, 0.9F)}, faces, 0.25), 1);
  EXPECT_EQ(match_detections({}, faces, 0.3), 0);
  EXPECT_EQ(match_detections({at(0, 10, 1)}, {}, 0.3), 0);
}

/// Answers by the image's width.
class Scripted final : public FaceDetector {
 public:
  explicit Scripted(std::map<int, std::vector<Detection>> answers) : answers_(std::move(answers)) {}
  std::string name() const override { return "scripted"; }
  std::vector<Detection> detect(const cv::Mat& image) override { return answers_[image.cols]; }
  std::unique_ptr<FaceDetector> clone() const override { return std::make_unique<Scripted>(*this); }

 private:
  std::map<int, std::vector<Detection>> answers_;
};

struct Pictures {
  TemporaryFolder folder;
  Pictures() {
    fs::create_directories(folder.path() / "images");
    for (const int width : {40, 50, 60}) {
      const auto png = encode_png(cv::Mat(20, width, CV_8UC1, cv::Scalar(0)));
      write_atomically(folder.path() / "images" / (std::to_string(width) + ".png"),
                       std::string_view(reinterpret_cast<const char*>(png.data()), png.size()));
    }
  }
  fs::path list(const std::string& name, const std::string& text) const {
    write_atomically(folder.path() / name, text);
    return folder.path() / name;
  }
};

TEST(ScoreDetector, CountsFacesAndExtras) {
  const Pictures p;
  const auto list = p.list("boxes.csv", "image,x,y,w,h\n40.png,0,0,10,10\n40.png,20,0,10,10\n50.png,0,0,10,10\n");
  Scripted detector({{40, {at(0, 10, 1), at(21, 10, 1), at(33, 5, 1)}}, {50, {at(30, 10, 1)}}});
  Progress progress;
  int calls = 0;
  const auto pictures = read_expected_faces(list);
  ASSERT_EQ(pictures.size(), 2u);
  const auto score = score_detector(detector, pictures, 0.5, progress, [&](const auto&, const auto&) { ++calls; });
  EXPECT_EQ(score.images, 2);
  EXPECT_EQ(score.faces, 3);
  EXPECT_EQ(score.found, 2);
  EXPECT_EQ(score.extra, 2);
  EXPECT_NEAR(score.rate(), 2.0 / 3, 1e-12);
  EXPECT_EQ(calls, 2);
}

TEST(ScoreDetector, WithoutBoxesTheNumberCounts) {
  const Pictures p;
  Scripted detector({{40, {at(0, 10, 1)}}, {50, {}}, {60, {at(0, 10, 1), at(20, 10, 1)}}});
  Progress progress;
  const auto one = score_detector(detector, read_expected_faces(p.folder.path() / "images"), 0.5, progress);
  EXPECT_EQ(one.faces, 3);
  EXPECT_EQ(one.found, 2);
  EXPECT_EQ(one.extra, 1);
  const auto none = score_detector(detector, read_expected_faces(p.folder.path() / "images", 0), 0.5, progress);
  EXPECT_EQ(none.faces, 0);
  EXPECT_EQ(none.extra, 3);
}

TEST(ReadExpectedFaces, TakesLandmarksAndSingleImages) {
  const Pictures p;
  p.list("landmarks.csv", "image,identity,x_0,x_1,y_0,y_1\n60.png,someone,5,15,3,9\n");
  const auto pictures = read_expected_faces(p.folder.path());
  ASSERT_EQ(pictures.size(), 1u);
  EXPECT_EQ(pictures[0].boxes, (std::vector<cv::Rect2f>{{5, 3, 10, 6}}));
  const auto single = read_expected_faces(p.folder.path() / "images/50.png", 3);
  ASSERT_EQ(single.size(), 1u);
  EXPECT_EQ(single[0].count, 3);
}

TEST(ReadExpectedFaces, SaysWhatIsWrong) {
  const Pictures p;
  EXPECT_THROW(read_expected_faces(p.folder.path() / "nothing.csv"), Error);
  fs::create_directory(p.folder.path() / "empty");
  EXPECT_THROW(read_expected_faces(p.folder.path() / "empty"), Error) << "no images in the folder";
  EXPECT_THROW(read_expected_faces(p.list("a.csv", "image,x,y,w,h\nmissing.png,0,0,1,1\n")), Error);
  EXPECT_THROW(read_expected_faces(p.list("b.csv", "image,x,y\n40.png,0,0\n")), Error);
  EXPECT_THROW(read_expected_faces(p.list("c.csv", "image,x,y,w,h\n40.png,a,0,1,1\n")), Error);
}

TEST(SpreadSample, IsSpreadEvenly) {
  std::vector<ExpectedFaces> all;
  for (int i = 0; i < 10; ++i) all.push_back({std::to_string(i), 1, {}});
  const auto names = [](const std::vector<ExpectedFaces>& list) {
    std::string text;
    for (const auto& l : list) text += l.image.string();
    return text;
  };
  EXPECT_EQ(names(spread_sample(all, 0)), "0123456789");
  EXPECT_EQ(names(spread_sample(all, 20)), "0123456789");
  EXPECT_EQ(names(spread_sample(all, 5)), "02468");
  EXPECT_EQ(names(spread_sample(all, 3)), "036");
}

}  // namespace
}  // namespace mien
