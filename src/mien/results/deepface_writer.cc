// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mien/results/number_text.h"
#include "mien/results/output_file.h"
#include "mien/results/result_json.h"
#include "mien/results/seven_emotions.h"
#include "mien/results/writers.h"

namespace mien {
namespace {

const std::vector<std::string> kNames = {"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};
const std::vector<std::string> kEmotions = {"anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"};

/// Mean of six eye landmarks from `first` on, whole pixels; null without landmarks.
std::string eye_text(const Points& landmarks, std::size_t first) {
  if (landmarks.empty()) return "null";
  cv::Point2f sum;
  for (std::size_t i = first; i < first + 6; ++i) sum += landmarks[i];
  std::string text = "[";
  append_fixed(text, sum.x / 6, 0);
  text += ", ";
  append_fixed(text, sum.y / 6, 0);
  return text + "]";
}

/// Cut to the picture, as DeepFace does.
cv::Rect whole_pixels(const cv::Rect2f& box, int width, int height) {
  const auto limited = [](float value, int size) {
    const double limit = size > 0 ? size : 1e9;
    return std::isfinite(value) ? static_cast<int>(std::clamp<double>(std::round(value), 0, limit)) : 0;
  };
  const int left = limited(box.x, width), top = limited(box.y, height);
  return {left, top, limited(box.x + box.width, width) - left, limited(box.y + box.height, height) - top};
}

/// What DeepFace.analyze(actions=["emotion"]) returns, as JSON: the faces of one picture, or one such list for each of several.
class DeepFaceWriter : public ResultWriter {
 public:
  DeepFaceWriter(const WriterTarget& target, const AnalysisInfo& info)
      : file_(target.file), emotions_(info.class_names, kEmotions) {}

  void write(const FrameResult& frame, const cv::Mat&) override {
    std::string faces = faces_text(frame);
    ++frames_;
    // Whether the first list stands alone shows only when a second one comes.
    if (frames_ == 1) {
      first_ = std::move(faces);
      return;
    }
    if (frames_ == 2) file_.write("[\n" + first_);
    file_.write(",\n" + faces);
  }
  void flush() override { file_.flush(); }
  void finish() override {
    if (frames_ == 0) file_.write("[]\n");
    if (frames_ == 1) file_.write(first_ + "\n");
    if (frames_ > 1) file_.write("\n]\n");
    file_.close();
  }
  std::int64_t written_bytes() const override { return 0; }

 private:
  std::string faces_text(const FrameResult& frame) const {
    std::string text = "[";
    for (std::size_t i = 0; i < frame.faces.size(); ++i) {
      if (i > 0) text += ", ";
      add_face(text, frame.faces[i], frame);
    }
    return text + "]";
  }

  void add_face(std::string& text, const FaceResult& face, const FrameResult& frame) const {
    text += '{';
    if (const auto shares = emotions_.of(face.probabilities)) {
      text += "\"emotion\": {";
      for (std::size_t i = 0; i < kNames.size(); ++i) {
        text += (i > 0 ? ", \"" : "\"") + kNames[i] + "\": ";
        append_short(text, 100 * (*shares)[i], 4);
      }
      const auto largest = static_cast<std::size_t>(std::max_element(shares->begin(), shares->end()) - shares->begin());
      text += "}, \"dominant_emotion\": \"" + kNames[largest] + "\", ";
    }
    const cv::Rect box = whole_pixels(face.box, frame.width, frame.height);
    // DeepFace's left eye is the person's, at the right of the picture.
    text += "\"region\": {\"x\": " + std::to_string(box.x) + ", \"y\": " + std::to_string(box.y) +
            ", \"w\": " + std::to_string(box.width) + ", \"h\": " + std::to_string(box.height) +
            ", \"left_eye\": " + eye_text(face.landmarks, 42) + ", \"right_eye\": " + eye_text(face.landmarks, 36) +
            "}, \"face_confidence\": ";
    append_short(text, std::isfinite(face.score) ? std::clamp(face.score, 0.0F, 1.0F) : 0, 2);
    text += '}';
  }

  OutputFile file_;
  SevenEmotions emotions_;
  std::int64_t frames_ = 0;
  std::string first_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_deepface_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<DeepFaceWriter>(target, info);
}

}  // namespace mien
