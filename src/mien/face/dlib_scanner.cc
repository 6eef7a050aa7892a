// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/opencv/cv_image.h>

#include <algorithm>

#include "mien/face/view_detector.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr double kWindow = 80;  // side of the smallest face that the five filters match, pixels

/// Unpacking the weights takes as long as thirty images; copies take nothing.
const dlib::frontal_face_detector& unpacked() {
  static const dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
  return detector;
}

/// dlib's frontal face detector: histograms of oriented gradients and five linear filters (frontal, turned left and right, rolled
/// left and right). The score is the margin; 0 is the decision boundary that the filters were trained with.
class DlibScanner final : public ViewScanner {
 public:
  DlibScanner() : detector_(unpacked()) {}

  std::string name() const override { return "dlib"; }
  double default_threshold() const override { return 0.05; }
  double scale_for(cv::Size, double min_face_px) const override { return kWindow / min_face_px; }
  std::unique_ptr<ViewScanner> clone() const override { return std::make_unique<DlibScanner>(*this); }

  std::vector<Detection> scan(const cv::Mat& view, double threshold) override {
    const cv::Mat gray = to_gray(view);
    const dlib::cv_image<unsigned char> image(gray);
    std::vector<dlib::rect_detection> found;
    detector_(image, found, threshold);
    std::vector<Detection> result;
    for (const auto& f : found)
      result.push_back({cv::Rect2f(static_cast<float>(f.rect.left()), static_cast<float>(f.rect.top()),
                                   static_cast<float>(f.rect.width()), static_cast<float>(f.rect.height())),
                        static_cast<float>(f.detection_confidence),
                        {}});
    return result;
  }

 private:
  dlib::frontal_face_detector detector_;
};

}  // namespace

std::unique_ptr<ViewScanner> make_dlib_scanner() { return std::make_unique<DlibScanner>(); }

}  // namespace mien
