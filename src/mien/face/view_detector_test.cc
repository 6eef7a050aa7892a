// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/view_detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"

namespace mien {
namespace {

/// Finds bright squares of 20 pixels or more that lie whole in the view, a margin of two pixels included; notes what it was
/// shown.
class SquareScanner final : public ViewScanner {
 public:
  explicit SquareScanner(std::vector<cv::Size>* shown) : shown_(shown) {}
  std::string name() const override { return "squares"; }
  double default_threshold() const override { return 0.5; }
  double scale_for(cv::Size, double min_face_px) const override { return 20 / min_face_px; }
  std::unique_ptr<ViewScanner> clone() const override { return std::make_unique<SquareScanner>(*this); }

  std::vector<Detection> scan(const cv::Mat& view, double threshold) override {
    shown_->push_back(view.size());
    cv::Mat bright, labels, stats, centres;
    cv::threshold(view, bright, 100, 255, cv::THRESH_BINARY);
    const int count = cv::connectedComponentsWithStats(bright, labels, stats, centres, 8);
    std::vector<Detection> found;
    for (int i = 1; i < count; ++i) {
      const cv::Rect box(stats.at<int>(i, 0), stats.at<int>(i, 1), stats.at<int>(i, 2), stats.at<int>(i, 3));
      const bool inside = box.x >= 2 && box.y >= 2 && box.br().x <= view.cols - 2 && box.br().y <= view.rows - 2;
      if (inside && box.width >= 19 && threshold <= 0.9)
        found.push_back({cv::Rect2f(box), 0.9F, {{static_cast<float>(box.x), static_cast<float>(box.y)}}});
    }
    return found;
  }

 private:
  std::vector<cv::Size>* shown_;
};

cv::Mat picture(cv::Size size, const std::vector<cv::Rect>& squares) {
  cv::Mat image(size, CV_8UC1, cv::Scalar(0));
  for (const auto& s : squares) image(s & cv::Rect({0, 0}, size)).setTo(255);
  return image;
}

struct Fixture {
  std::vector<cv::Size> shown;
  std::vector<Detection> detect(const cv::Mat& image, DetectorOptions options) {
    shown.clear();
    return ViewDetector(options, std::make_unique<SquareScanner>(&shown)).detect(image);
  }
};

void expect_near(const cv::Rect2f& a, const cv::Rect2f& b, double tolerance) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.width, b.width, tolerance);
  EXPECT_NEAR(a.height, b.height, tolerance);
}

TEST(TileStarts, CoverWithTheOverlap) {
  EXPECT_EQ(tile_starts(100, 100, 20), (std::vector<int>{0}));
  EXPECT_EQ(tile_starts(50, 100, 20), (std::vector<int>{0}));
  EXPECT_EQ(tile_starts(180, 100, 20), (std::vector<int>{0, 80}));
  EXPECT_EQ(tile_starts(181, 100, 20), (std::vector<int>{0, 40, 81}));
  for (int size = 101; size < 700; size += 13) {
    const auto starts = tile_starts(size, 100, 37);
    EXPECT_EQ(starts.front(), 0);
    EXPECT_EQ(starts.back(), size - 100);
    for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_LE(starts[i] - starts[i - 1], 63) << size;
  }
}

TEST(ViewDetector, MapsBoxesAndPointsBack) {
  Fixture f;
  DetectorOptions options;
  options.min_face_px = 40;  // shown at one half
  const auto found = f.detect(picture({400, 300}, {{60, 80, 100, 100}}), options);
  ASSERT_EQ(f.shown, (std::vector<cv::Size>{{200, 150}}));
  ASSERT_EQ(found.size(), 1u);
  expect_near(found[0].box, {60, 80, 100, 100}, 0.01);
  ASSERT_EQ(found[0].points.size(), 1u);
  EXPECT_NEAR(found[0].points[0].x, 60, 0.01);
  EXPECT_NEAR(found[0].points[0].y, 80, 0.01);
}

TEST(ViewDetector, SmallFacesAreEnlargedOrLeftOut) {
  Fixture f;
  DetectorOptions options;
  options.border = 0;
  const auto image = picture({100, 100}, {{30, 30, 12, 12}});
  options.min_face_px = 10;
  EXPECT_EQ(f.detect(image, options).size(), 1u);
  EXPECT_EQ(f.shown, (std::vector<cv::Size>{{200, 200}}));
  options.min_face_px = 20;
  EXPECT_TRUE(f.detect(image, options).empty());
}

TEST(ViewDetector, SmallestFaceGrowsWithTheImageByItself) {
  Fixture f;
  f.detect(picture({1600, 800}, {{200, 100, 300, 300}}), {});
  EXPECT_EQ(f.shown, (std::vector<cv::Size>{{320, 160}}));  // 100 pixels are shown as 20
  f.detect(picture({320, 160}, {{20, 10, 90, 90}}), {});
  EXPECT_EQ(f.shown, (std::vector<cv::Size>{{160, 80}}));  // 40
}

TEST(ViewDetector, LargestSideIsKept) {
  Fixture f;
  DetectorOptions options;
  options.min_face_px = 20;
  options.max_side_px = 200;
  const auto found = f.detect(picture({800, 400}, {{200, 100, 120, 120}}), options);
  EXPECT_EQ(f.shown, (std::vector<cv::Size>{{200, 100}}));
  ASSERT_EQ(found.size(), 1u);
  expect_near(found[0].box, {200, 100, 120, 120}, 0.01);
}

TEST(ViewDetector, TightCropsAreFoundWithABorder) {
  Fixture f;
  DetectorOptions options;
  const auto image = picture({60, 60}, {{0, 0, 60, 60}});
  const auto found = f.detect(image, options);
  ASSERT_EQ(f.shown.size(), 2u);
  EXPECT_EQ(f.shown[1].width, 30 + 2 * 8);  // min_face_px 40 halves it; a quarter of 60 is 15
  ASSERT_EQ(found.size(), 1u);
  expect_near(found[0].box, {0, 0, 60, 60}, 1);
  options.border = 0;
  EXPECT_TRUE(f.detect(image, options).empty());
}

TEST(ViewDetector, TheBorderIsNotTriedWhereAFaceWasFound) {
  Fixture f;
  f.detect(picture({200, 200}, {{40, 40, 80, 80}}), {});
  EXPECT_EQ(f.shown.size(), 1u);
}

TEST(ViewDetector, EveryFaceLiesWholeInSomeTile) {
  // The whole image is never scanned for faces this small: only tiles can find them.
  class Coarse final : public ViewScanner {
   public:
    explicit Coarse(std::vector<cv::Size>* shown) : inner_(shown) {}
    std::string name() const override { return "coarse"; }
    double default_threshold() const override { return 0.5; }
    double scale_for(cv::Size image, double) const override { return std::min(1.0, 200.0 / std::max(image.width, image.height)); }
    std::unique_ptr<ViewScanner> clone() const override { return std::make_unique<Coarse>(*this); }
    std::vector<Detection> scan(const cv::Mat& view, double threshold) override { return inner_.scan(view, threshold); }

   private:
    SquareScanner inner_;
  };
  DetectorOptions options;
  options.min_face_px = 20;
  options.tile_px = 200;
  options.border = 0;
  for (int x = 5; x < 560; x += 37) {
    for (const int side : {22, 40, 58}) {
      std::vector<cv::Size> shown;
      ViewDetector detector(options, std::make_unique<Coarse>(&shown));
      const cv::Rect square(x, (x * 7) % 330, side, side);
      const auto found = detector.detect(picture({620, 400}, {square}));
      ASSERT_EQ(found.size(), 1u) << square;
      expect_near(found[0].box, cv::Rect2f(square), 4);
      EXPECT_GT(shown.size(), 4u);
    }
  }
}

TEST(ViewDetector, OddImages) {
  Fixture f;
  EXPECT_TRUE(f.detect(cv::Mat(), {}).empty());
  EXPECT_TRUE(f.detect(picture({1, 1}, {}), {}).empty());
  EXPECT_TRUE(f.detect(picture({5000, 1}, {}), {}).empty());
  EXPECT_TRUE(f.detect(picture({1, 5000}, {}), {}).empty());
  EXPECT_THROW(f.detect(cv::Mat(10, 10, CV_32FC1, cv::Scalar(0)), {}), Error);
  EXPECT_THROW(f.detect(cv::Mat(10, 10, CV_8UC4, cv::Scalar(0)), {}), Error);
}

TEST(ViewDetector, RefusesOptionsWithoutSense) {
  Fixture f;
  const auto image = picture({50, 50}, {});
  for (const auto& change : std::vector<void (*)(DetectorOptions&)>{
           [](DetectorOptions& o) { o.min_face_px = 5; }, [](DetectorOptions& o) { o.max_side_px = -1; },
           [](DetectorOptions& o) { o.nms_overlap = 1.5; }, [](DetectorOptions& o) { o.border = -1; },
           [](DetectorOptions& o) { o.tile_px = 50, o.min_face_px = 40; }, [](DetectorOptions& o) { o.threshold = NAN; }}) {
    DetectorOptions options;
    change(options);
    EXPECT_THROW(f.detect(image, options), Error);
  }
}

}  // namespace
}  // namespace mien
