// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <opencv2/objdetect.hpp>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/view_detector.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr double kWindow = 20;  // side of the window that the packaged cascades were trained with, pixels
constexpr double kStep = 1.1;   // from one size to the next
constexpr int kNeighbours = 3;  // matches side by side that make a face

fs::path packaged_cascade() {
  for (const char* folder : {MIEN_CASCADE_FOLDER, "/usr/share/opencv4/haarcascades", "/usr/share/opencv/haarcascades",
                             "/usr/local/share/opencv4/haarcascades"}) {
    const auto file = fs::path(folder) / "haarcascade_frontalface_alt2.xml";
    if (*folder != '\0' && fs::is_regular_file(file)) return file;
  }
  throw Error(ErrorCode::not_found, "haarcascade_frontalface_alt2.xml is not installed",
              "Install the package opencv-data (apt-get install opencv-data), or name a cascade's .xml file as the model.");
}

/// Viola and Jones' cascade of Haar features. The score is the sum of the last stage.
class CascadeScanner final : public ViewScanner {
 public:
  explicit CascadeScanner(fs::path file) : file_(std::move(file)) {
    if (!fs::is_regular_file(file_)) throw Error(ErrorCode::not_found, file_.string() + ": no such file");
    bool loaded = false;
    try {
      loaded = cascade_.load(file_.string()) && !cascade_.empty();
    } catch (const cv::Exception&) {  // what is no XML at all
    }
    if (!loaded) throw Error(ErrorCode::bad_file, file_.string() + ": expected a cascade classifier of OpenCV (.xml)");
  }

  std::string name() const override { return "cascade"; }
  double default_threshold() const override { return 0; }
  /// Twice the window: faces of just its size are missed, the grid of positions is too coarse for three matches side by side.
  double scale_for(cv::Size, double min_face_px) const override { return 2 * kWindow / min_face_px; }
  std::unique_ptr<ViewScanner> clone() const override { return std::make_unique<CascadeScanner>(file_); }

  std::vector<Detection> scan(const cv::Mat& view, double threshold) override {
    const cv::Mat gray = to_gray(view);
    std::vector<cv::Rect> boxes;
    std::vector<int> levels;
    std::vector<double> weights;
    cascade_.detectMultiScale(gray, boxes, levels, weights, kStep, kNeighbours, 0, {}, {}, true);
    std::vector<Detection> result;
    for (std::size_t i = 0; i < boxes.size(); ++i)
      if (weights[i] >= threshold) result.push_back({cv::Rect2f(boxes[i]), static_cast<float>(weights[i]), {}});
    return result;
  }

 private:
  fs::path file_;
  cv::CascadeClassifier cascade_;
};

}  // namespace

std::unique_ptr<ViewScanner> make_cascade_scanner(const fs::path& model) {
  return std::make_unique<CascadeScanner>(model.empty() ? packaged_cascade() : model);
}

}  // namespace mien
