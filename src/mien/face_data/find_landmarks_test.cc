// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_data/find_landmarks.h"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <new>
#include <stdexcept>
#include <utility>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face_geometry/parts.h"
#include "mien/image/decode.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kSize = 64;

/// Drawn faces; every fifth picture is empty, every seventh cannot be read.
class DrawnFaces : public SampleSource {
 public:
  static bool empty(std::int64_t i) { return i % 5 == 4; }
  static bool broken(std::int64_t i) { return i % 7 == 6; }

  Sample load(const Record& record) const override {
    const std::int64_t i = record.source.offset;
    if (broken(i)) throw Error(ErrorCode::bad_file, record.id + ": not a picture\nat all");
    Sample sample;
    sample.id = record.id;
    sample.image = empty(i) ? cv::Mat(kSize, kSize, CV_8UC3, cv::Scalar::all(90)) : face(i).image;
    return sample;
  }

  static ProceduralFace face(std::int64_t i) {
    ProceduralOptions options;
    options.size_px = kSize;
    return draw_face(1, i, options);
  }
};

Dataset drawn_faces(std::int64_t count) {
  Dataset dataset;
  dataset.name = "drawn";
  for (std::int64_t i = 0; i < count; ++i) {
    Record record;
    record.id = "set/face-" + std::to_string(i) + ".png";
    record.source.offset = i;
    dataset.records.push_back(record);
  }
  dataset.source = std::make_shared<DrawnFaces>();
  return dataset;
}

/// Sees a face wherever the picture is not flat: a small one and one that nearly fills it.
class ContrastDetector : public FaceDetector {
 public:
  std::string name() const override { return "contrast"; }
  std::vector<Detection> detect(const cv::Mat& image) override {
    cv::Scalar mean, deviation;
    cv::meanStdDev(image, mean, deviation);
    if (deviation[0] < 1) return {};
    Detection small, large;
    small.box = {1, 1, 4, 4}, small.score = 2;
    large.box = {2, 3, kSize - 5, kSize - 6}, large.score = 1;
    return {small, large};
  }
  std::unique_ptr<FaceDetector> clone() const override { return std::make_unique<ContrastDetector>(); }
};

/// Knows a drawn face again by its pixels, so that the points in the table are exact.
class RecallingModel : public LandmarkModel {
 public:
  explicit RecallingModel(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) faces_.push_back(DrawnFaces::face(i));
  }
  std::string name() const override { return "recalling"; }
  FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) override {
    FaceLandmarks found;
    for (const auto& face : faces_)
      if (image.size() == face.image.size() && cv::norm(image, face.image, cv::NORM_INF) == 0) found.points = face.landmarks;
    if (!found.points.empty()) return found;
    // A flat picture: an average face in the box.
    EXPECT_EQ(detector, "reference");
    const Points& some = faces_[0].landmarks;
    const cv::Rect2f box = bounding_box(some);
    for (const auto& p : some)
      found.points.emplace_back(detection.box.x + (p.x - box.x) / box.width * detection.box.width,
                                detection.box.y + (p.y - box.y) / box.height * detection.box.height);
    return found;
  }
  FaceLandmarks follow(const cv::Mat&, const Points&) override { throw std::logic_error("not a video"); }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<RecallingModel>(*this); }

 private:
  std::vector<ProceduralFace> faces_;
};

/// Asks to stop after some pictures.
class Interrupting : public Progress {
 public:
  explicit Interrupting(std::int64_t after) : after_(after) {}
  void advance(std::int64_t done, const std::string&) override {
    if (done >= after_) throw Error(ErrorCode::interrupted, "stopped");
  }

 private:
  std::int64_t after_;
};

class FindLandmarks : public ::testing::Test {
 protected:
  static constexpr std::int64_t kFaces = 40;
  FindLandmarksSummary run(const std::string& folder, const FindLandmarksOptions& options = {}) {
    return run(folder, options, silent_);
  }
  FindLandmarksSummary run(const std::string& folder, const FindLandmarksOptions& options, Progress& progress) {
    return find_landmarks(dataset_, ContrastDetector(), model(), folder_.path() / folder, options, progress);
  }
  static const RecallingModel& model() {
    static const RecallingModel model(kFaces);
    return model;
  }
  fs::path table(const std::string& folder) const { return folder_.path() / folder / "landmarks.csv"; }

  Dataset dataset_ = drawn_faces(kFaces);
  TemporaryFolder folder_{"mien-find-landmarks"};
  Progress silent_;
};

TEST_F(FindLandmarks, WritesARowForEveryPicture) {
  const auto summary = run("out");
  const auto rows = read_landmark_table(table("out"));
  ASSERT_EQ(std::ssize(rows), kFaces);
  std::int64_t found = 0, empty = 0, broken = 0;
  for (std::int64_t i = 0; i < kFaces; ++i) {
    const LandmarkRow& row = rows[static_cast<std::size_t>(i)];
    EXPECT_EQ(row.id, dataset_.records[static_cast<std::size_t>(i)].id);
    if (DrawnFaces::broken(i)) {
      EXPECT_EQ(row.status, LandmarkStatus::unreadable);
      EXPECT_EQ(row.reason, row.id + ": not a picture at all");
      ++broken;
    } else if (DrawnFaces::empty(i)) {
      EXPECT_EQ(row.status, LandmarkStatus::no_face);
      ++empty;
    } else {
      const auto face = DrawnFaces::face(i);
      EXPECT_EQ(row.status, LandmarkStatus::found);
      EXPECT_EQ(row.box, cv::Rect2f(2, 3, kSize - 5, kSize - 6));  // the larger face, not the surer one
      for (std::size_t k = 0; k < 68; ++k) EXPECT_LT(cv::norm(row.points[k] - face.landmarks[k]), 0.01);
      EXPECT_NEAR(row.roll_deg, static_cast<double>(face.roll_deg), 8);
      EXPECT_GT(row.sharpness, 0);
      ++found;
    }
  }
  EXPECT_EQ(summary.counts.at(LandmarkStatus::found), found);
  EXPECT_EQ(summary.counts.at(LandmarkStatus::no_face), empty);
  EXPECT_EQ(summary.counts.at(LandmarkStatus::unreadable), broken);
  EXPECT_EQ(std::ssize(summary.failures), empty + broken);
  EXPECT_EQ(summary.new_rows, kFaces);
}

TEST_F(FindLandmarks, AnInterruptedRunThatGoesOnEqualsAnUndisturbedOne) {
  FindLandmarksOptions options;
  options.threads = 1;
  run("whole", options);
  options.threads = 2;
  for (const std::int64_t after : {1, 17}) {
    const std::string folder = "torn-" + std::to_string(after);
    Interrupting interrupting(after);
    EXPECT_THROW(run(folder, options, interrupting), Error);
    const auto done = std::ssize(read_landmark_table(table(folder)));
    EXPECT_GT(done, 0);
    EXPECT_LT(done, kFaces);
    // And a kill in the middle of a line.
    std::string text = read_text(table(folder));
    write_atomically(table(folder), std::string_view(text).substr(0, text.size() - 20));
    options.resume = true;
    const auto summary = run(folder, options);
    options.resume = false;
    EXPECT_EQ(summary.new_rows, kFaces - done + 1);
    EXPECT_EQ(summary.counts.at(LandmarkStatus::found) + std::ssize(summary.failures), kFaces);
    EXPECT_EQ(read_text(table(folder)), read_text(table("whole")));
  }
}

TEST_F(FindLandmarks, AFinishedRunHasNothingToDo) {
  const auto first = run("out");
  FindLandmarksOptions options;
  options.resume = true;
  const auto again = run("out", options);
  EXPECT_EQ(again.new_rows, 0);
  EXPECT_EQ(again.counts, first.counts);
}

TEST_F(FindLandmarks, DoesNotMixSettings) {
  run("out");
  FindLandmarksOptions options;
  try {
    run("out", options);
    FAIL() << "overwrote a table";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    EXPECT_THAT(e.hint(), HasSubstr("--resume"));
  }
  options.resume = true;
  options.whole_image_fallback = true;
  try {
    run("out", options);
    FAIL() << "mixed settings";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::mismatch);
    EXPECT_THAT(e.what(), HasSubstr("whole_image_fallback"));
  }
  options = {};
  options.subset = "ears";
  EXPECT_THROW(run("other", options), Error);
  EXPECT_FALSE(fs::exists(folder_.path() / "other"));
  dataset_.records[3].id = dataset_.records[2].id;
  EXPECT_THROW(run("twins"), Error);
}

/// Two at once would write every row twice.
TEST_F(FindLandmarks, TwoAtOnceInOneFolderAreRefused) {
  FindLandmarksOptions options;
  options.resume = true;
  class Second : public Progress {
   public:
    explicit Second(std::function<void()> work) : work_(std::move(work)) {}
    void advance(std::int64_t, const std::string&) override {
      if (!std::exchange(done_, true)) {
        EXPECT_THROW(work_(), Error);
      }
    }
    std::function<void()> work_;
    bool done_ = false;
  } second([&] { run("out", options, silent_); });
  run("out", options, second);
  EXPECT_TRUE(second.done_);
  EXPECT_EQ(std::ssize(read_landmark_table(table("out"))), kFaces);
}

/// Whatever one picture throws is that picture's failure.
class ThrowingFaces : public DrawnFaces {
 public:
  Sample load(const Record& record) const override {
    switch (record.source.offset) {
      case 0: throw std::runtime_error("a library's words");
      case 1: throw std::bad_alloc();
      case 2: throw Error(ErrorCode::io, record.id + ": cannot open: Permission denied");
      case 3: throw 3;
      default: return DrawnFaces::load(record);
    }
  }
};

TEST_F(FindLandmarks, AnyExceptionOfOnePictureIsItsOwn) {
  dataset_.source = std::make_shared<ThrowingFaces>();
  run("out");
  const auto rows = read_landmark_table(table("out"));
  ASSERT_EQ(std::ssize(rows), kFaces);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(rows[i].status, LandmarkStatus::unreadable) << i;
  EXPECT_THAT(rows[0].reason, HasSubstr("a library's words"));
  EXPECT_THAT(rows[1].reason, HasSubstr("out of memory"));
  EXPECT_EQ(rows[5].status, LandmarkStatus::found);
}

TEST_F(FindLandmarks, TakesThePictureForTheFaceWhenAsked) {
  FindLandmarksOptions options;
  options.whole_image_fallback = true;
  const auto summary = run("out", options);
  EXPECT_EQ(summary.counts.count(LandmarkStatus::no_face), 0u);
  const auto rows = read_landmark_table(table("out"));
  EXPECT_EQ(rows[4].status, LandmarkStatus::whole_image);
  EXPECT_EQ(rows[4].box, cv::Rect2f(0, 0, kSize, kSize));
  EXPECT_EQ(rows[0].status, LandmarkStatus::found);
}

TEST_F(FindLandmarks, WritesPictures) {
  FindLandmarksOptions options;
  options.heat_maps = options.masks = options.parts = true;
  options.subset = "eyes+mouth";
  run("out", options);
  const fs::path out = folder_.path() / "out";
  const auto face = DrawnFaces::face(0);
  DecodeOptions gray;
  gray.keep_gray = true;
  const cv::Mat map = read_image(out / "heat_maps" / "set" / "face-0.png.png", gray);
  ASSERT_EQ(map.size(), cv::Size(kSize, kSize));
  double peak = 0;
  cv::Point at;
  cv::minMaxLoc(map, nullptr, &peak, nullptr, &at);
  EXPECT_EQ(peak, 255);
  double nearest = 1e9;
  for (const int i : landmark_subset("eyes+mouth"))
    nearest = std::min(nearest, cv::norm(face.landmarks[static_cast<std::size_t>(i)] - cv::Point2f(at)));
  EXPECT_LT(nearest, 4);
  const cv::Mat mask = read_image(out / "masks" / "set" / "face-0.png.png", gray);
  EXPECT_EQ(cv::norm(mask, face_mask(face.landmarks, mask.size()), cv::NORM_INF), 0);
  const auto mouth = face_parts(face.landmarks, face.image.size())[5];
  const cv::Mat part = read_image(out / "parts" / "mouth" / "set" / "face-0.png.png");
  EXPECT_EQ(cv::norm(part, face.image(mouth.box), cv::NORM_INF), 0);
  EXPECT_FALSE(fs::exists(out / "masks" / "set" / "face-4.png.png"));  // no face there
}

/// A record with a box: the sample is the crop, the table speaks of the file.
class CroppedFaces : public DrawnFaces {
 public:
  Sample load(const Record& record) const override {
    Sample sample = DrawnFaces::load(record);
    sample.annotations = record.annotations;
    for (auto& p : sample.annotations.landmarks) p -= cv::Point2f(100, 50);
    return sample;
  }
};

/// Fails at the first two faces, each time in another way.
class FailingModel : public RecallingModel {
 public:
  using RecallingModel::RecallingModel;
  FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) override {
    FaceLandmarks found = RecallingModel::find(image, detection, detector);
    if (found.points == DrawnFaces::face(0).landmarks) throw std::runtime_error("a library gave up");
    if (found.points == DrawnFaces::face(1).landmarks) throw Error(ErrorCode::numeric, "numbers that are not finite");
    return found;
  }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<FailingModel>(*this); }
};

TEST_F(FindLandmarks, WhateverIsThrownAtAPictureIsItsFailure) {
  const auto summary = find_landmarks(drawn_faces(4), ContrastDetector(), FailingModel(4), folder_.path() / "failing", {}, silent_);
  const auto rows = read_landmark_table(table("failing"));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].status, LandmarkStatus::unreadable);
  EXPECT_EQ(rows[0].reason, "set/face-0.png: a library gave up");
  EXPECT_EQ(rows[1].reason, "set/face-1.png: numbers that are not finite");
  EXPECT_EQ(rows[2].status, LandmarkStatus::found);
  EXPECT_EQ(rows[3].status, LandmarkStatus::found);
  EXPECT_EQ(summary.failures.size(), 2u);
}

TEST_F(FindLandmarks, WhatEndsTheRunWaitsForTheRowsBeforeIt) {
  // Where the mask of one picture belongs there is a folder: writing fails.
  FindLandmarksOptions options;
  options.masks = true;
  for (const int threads : {1, 3}) {
    options.threads = threads;
    const std::string folder = "full-" + std::to_string(threads);
    fs::create_directories(folder_.path() / folder / "masks/set/face-21.png.png");
    EXPECT_THROW(run(folder, options), Error);
    const auto rows = read_landmark_table(table(folder));
    ASSERT_EQ(rows.size(), 21u) << "with " << threads << " threads";
    EXPECT_EQ(rows.back().id, "set/face-20.png");
  }
}

TEST_F(FindLandmarks, PositionsAreThoseOfTheFile) {
  dataset_.records.resize(2);
  for (auto& record : dataset_.records) record.source.crop = {100, 50, kSize, kSize};
  dataset_.source = std::make_shared<CroppedFaces>();
  run("out");
  const auto rows = read_landmark_table(table("out"));
  const auto face = DrawnFaces::face(1);
  EXPECT_LT(cv::norm(rows[1].points[30] - (face.landmarks[30] + cv::Point2f(100, 50))), 0.01);
  EXPECT_EQ(rows[1].box.tl(), cv::Point2f(102, 53));
  attach_landmarks(dataset_, rows);
  EXPECT_LT(cv::norm(dataset_.load(1).annotations.landmarks[30] - face.landmarks[30]), 0.01);
}

TEST(PicturePath, StaysInTheFolder) {
  EXPECT_EQ(picture_path("out", "a/b.jpg"), fs::path("out/a/b.jpg.png"));
  EXPECT_EQ(picture_path("out", "/etc/passwd"), fs::path("out/etc/passwd.png"));
  EXPECT_EQ(picture_path("out", "../../x"), fs::path("out/__/__/x.png"));
  EXPECT_EQ(picture_path("out", "a.jpg#2"), fs::path("out/a.jpg#2.png"));
  for (const char* nothing : {"", ".", "/", "./"}) EXPECT_EQ(picture_path("out", nothing), fs::path("out/__.png")) << nothing;
}

/// Names of 255 bytes are as long as names can be; two of them stay two.
TEST(PicturePath, FitsNames) {
  const std::string a = std::string(251, 'n') + ".jpg", b = std::string(251, 'n') + ".png";
  const fs::path of_a = picture_path("out", "set/" + a), of_b = picture_path("out", "set/" + b);
  EXPECT_EQ(of_a.filename().string().size(), 255u);
  EXPECT_NE(of_a, of_b);
  EXPECT_EQ(of_a.parent_path(), fs::path("out/set"));
  EXPECT_EQ(of_a.extension(), ".png");
  EXPECT_EQ(picture_path("out", "set/" + a), of_a);
}

}  // namespace
}  // namespace mien
