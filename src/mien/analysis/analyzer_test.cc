// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/analyzer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "mien/base/files.h"
#include "mien/image/encode.h"
#include "mien/pipeline/not_finite_model_for_tests.h"
#include "mien/procedural/clip.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

AnalyzerOptions options_with(const std::string& model) {
  AnalyzerOptions options;
  options.model = model;
  options.landmarks = (testing::source_folder() / "models" / "mien-landmarks68.onnx").string();
  return options;
}

cv::Mat drawn_face() {
  ClipOptions clip;
  clip.width = 320;
  clip.height = 240;
  clip.people = 1;
  return draw_clip(3, 0, clip).image;
}

void expect_error(ErrorCode code, const std::string& part, const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "nothing was thrown where '" << part << "' was expected";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

void expect_same(const std::vector<Face>& a, const std::vector<Face>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].x, b[i].x);
    EXPECT_EQ(a[i].landmarks, b[i].landmarks);
    EXPECT_EQ(a[i].quality, b[i].quality);
  }
}

class AnalyzerTest : public ::testing::Test {
 protected:
  Analyzer analyzer_{options_with("none")};
  cv::Mat image_ = drawn_face();
};

TEST_F(AnalyzerTest, ThePicturesAnswerDependsOnNeitherOrderNorGapsNorWay) {
  const auto faces = analyzer_.analyze(image_.data, image_.cols, image_.rows);
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_EQ(faces[0].landmarks.size(), 68u);
  EXPECT_EQ(faces[0].label, "");
  cv::Mat bgr;
  cv::cvtColor(image_, bgr, cv::COLOR_RGB2BGR);
  expect_same(analyzer_.analyze(bgr.data, bgr.cols, bgr.rows, PixelOrder::bgr), faces);
  expect_same(analyzer_.analyze(bgr), faces);
  cv::Mat wide(image_.rows, image_.cols + 7, CV_8UC3, cv::Scalar(255, 0, 255));
  image_.copyTo(wide.colRange(0, image_.cols));
  expect_same(analyzer_.analyze(wide.data, image_.cols, image_.rows, PixelOrder::rgb, wide.step[0]), faces);
  const TemporaryFolder folder;
  write_image(folder.path() / "face.png", image_);
  expect_same(analyzer_.analyze_file((folder.path() / "face.png").string()), faces);
  Analyzer clone = analyzer_.clone();
  expect_same(clone.analyze(bgr), faces);
}

TEST_F(AnalyzerTest, APictureThatIsNoneIsRefused) {
  const auto analyze = [&](const void* pixels, int width, int height, PixelOrder order = PixelOrder::rgb, std::size_t row_bytes = 0) {
    return [=, this] { analyzer_.analyze(pixels, width, height, order, row_bytes); };
  };
  const void* data = image_.data;
  expect_error(ErrorCode::usage, "without pixels", analyze(nullptr, 4, 4));
  expect_error(ErrorCode::usage, "0 x 4", analyze(data, 0, 4));
  expect_error(ErrorCode::usage, "4 x -1", analyze(data, 4, -1));
  expect_error(ErrorCode::usage, "no order", analyze(data, 4, 4, static_cast<PixelOrder>(3)));
  expect_error(ErrorCode::usage, "too large", analyze(data, 100'000, 100'000));
  expect_error(ErrorCode::usage, "too large", analyze(data, std::numeric_limits<int>::max(), 1));
  expect_error(ErrorCode::usage, "takes 960 bytes", analyze(data, 320, 240, PixelOrder::rgb, 959));
  expect_error(ErrorCode::usage, "takes 320 bytes", analyze(data, 320, 240, PixelOrder::gray, 1));
  expect_error(ErrorCode::usage, "no memory", analyze(data, 320, 240, PixelOrder::gray, std::numeric_limits<std::size_t>::max() / 2));
  expect_error(ErrorCode::usage, "8-bit", [&] { analyzer_.analyze(cv::Mat(4, 4, CV_32FC3, cv::Scalar::all(0))); });
  expect_error(ErrorCode::usage, "8-bit", [&] { analyzer_.analyze(cv::Mat(4, 4, CV_8UC4, cv::Scalar::all(0))); });
  expect_error(ErrorCode::usage, "without pixels", [&] { analyzer_.analyze(cv::Mat(0, 0, CV_8UC3)); });
  EXPECT_TRUE(analyzer_.analyze(cv::Mat(1, 1, CV_8UC1, cv::Scalar(7))).empty());
}

TEST_F(AnalyzerTest, AFileThatIsNoPictureIsRefused) {
  const TemporaryFolder folder;
  write_atomically(folder.path() / "text.png", "this is no picture");
  expect_error(ErrorCode::not_found, "none.png", [&] { analyzer_.analyze_file((folder.path() / "none.png").string()); });
  expect_error(ErrorCode::bad_file, "text.png", [&] { analyzer_.analyze_file((folder.path() / "text.png").string()); });
}

TEST_F(AnalyzerTest, OneThatWasMovedFromSaysSo) {
  Analyzer moved = std::move(analyzer_);
  EXPECT_TRUE(moved.class_names().empty()) << "without an expression model";
  expect_error(ErrorCode::usage, "moved from", [&] { analyzer_.class_names(); });  // NOLINT(bugprone-use-after-move)
  expect_error(ErrorCode::usage, "moved from", [&] { analyzer_.clone(); });
  expect_error(ErrorCode::usage, "moved from", [&] { analyzer_.analyze(image_.data, image_.cols, image_.rows); });
  expect_error(ErrorCode::usage, "moved from", [&] { analyzer_.analyze_file("face.png"); });
  analyzer_ = std::move(moved);
  EXPECT_EQ(analyzer_.analyze(image_.data, image_.cols, image_.rows).size(), 1u);
}

TEST(AnalyzerOptionsTest, WhatMakesNoSenseIsRefused) {
  const auto refused = [](ErrorCode code, const std::string& part, const std::function<void(AnalyzerOptions&)>& change) {
    AnalyzerOptions options = options_with("none");
    change(options);
    expect_error(code, part, [&] { Analyzer analyzer(options); });
  };
  refused(ErrorCode::not_found, "nowhere.onnx", [](AnalyzerOptions& o) { o.model = "nowhere.onnx"; });
  refused(ErrorCode::not_found, "nowhere.dat", [](AnalyzerOptions& o) { o.landmarks = "nowhere.dat"; });
  refused(ErrorCode::usage, "somebody's", [](AnalyzerOptions& o) { o.detector = "somebody's"; });
  refused(ErrorCode::usage, "model file", [](AnalyzerOptions& o) { o.detector = "onnx"; });
  refused(ErrorCode::usage, "min_face_px", [](AnalyzerOptions& o) { o.min_face_px = -3; });
  refused(ErrorCode::usage, "threshold", [](AnalyzerOptions& o) { o.detector_threshold = std::numeric_limits<double>::quiet_NaN(); });
  refused(ErrorCode::usage, "uncertain_below", [](AnalyzerOptions& o) { o.uncertain_below = 2; });
  refused(ErrorCode::usage, "fp64", [](AnalyzerOptions& o) {
    o.model = (testing::source_folder() / "models" / "mien-ferplus.onnx").string();
    o.precision = "fp64";
  });
}

TEST(AnalyzerAnswers, ANumberThatIsNoneIsAnErrorThatNamesTheFace) {
  const TemporaryFolder folder;
  const std::string model = (folder.path() / "nan.onnx").string();
  write_not_finite_model(model, 0.01F);
  Analyzer analyzer(options_with(model));
  EXPECT_EQ(analyzer.class_names(), (std::vector<std::string>{"anger", "happiness", "neutral"}));
  const cv::Mat image = drawn_face();
  expect_error(ErrorCode::numeric, "face at", [&] { analyzer.analyze(image.data, image.cols, image.rows); });
}

TEST(AnalyzerAnswers, ActionUnitsHaveNames) {
  ASSERT_EQ(Analyzer::action_units().size(), 18u);
  EXPECT_EQ(Analyzer::action_units().front(), "AU01");
}

}  // namespace
}  // namespace mien
