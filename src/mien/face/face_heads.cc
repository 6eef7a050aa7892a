// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/face_heads.h"

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"

namespace mien {

namespace {

constexpr std::array<int, 3> kStrides = {8, 16, 32};

std::int64_t last_dim(const HeadOutput& output) { return output.shape.empty() ? -1 : output.shape.back(); }

const HeadOutput* find(const std::vector<HeadOutput>& outputs, const std::string& name) {
  for (const auto& output : outputs)
    if (output.name == name) return &output;
  return nullptr;
}

const HeadOutput* find_last_dim(const std::vector<HeadOutput>& outputs, std::int64_t dim) {
  for (const auto& output : outputs)
    if (output.shape.size() == 3 && last_dim(output) == dim) return &output;
  return nullptr;
}

/// The values of an output that must hold `rows` x `columns` numbers.
const float* values_of(const HeadOutput& output, std::int64_t rows, std::int64_t columns) {
  const std::vector<std::int64_t> expected = {1, rows, columns};
  if (output.shape != expected) {
    const auto text = [](const std::vector<std::int64_t>& shape) {
      std::string result;
      for (const auto d : shape) result += (result.empty() ? "" : "x") + std::to_string(d);
      return result;
    };
    throw Error(ErrorCode::bad_file, "face detector: output " + output.name + " has the shape " + text(output.shape) +
                                         ", expected " + text(expected) + " for this input");
  }
  return output.values;
}

Detection detection_of(float left, float top, float right, float bottom, float score) {
  return {{left, top, right - left, bottom - top}, score, {}};
}

class YunetHead final : public FaceHead {
 public:
  std::string name() const override { return "yunet"; }
  double default_threshold() const override { return 0.6; }
  double smallest_face_px() const override { return 16; }
  int stride() const override { return 32; }
  bool any_size() const override { return true; }
  bool bgr() const override { return true; }
  std::array<float, 3> mean() const override { return {0, 0, 0}; }
  float factor() const override { return 1; }

  std::vector<Detection> decode(const std::vector<HeadOutput>& outputs, cv::Size input, double threshold) const override {
    std::vector<Detection> found;
    for (const int stride : kStrides) decode_level(outputs, input, stride, threshold, found);
    return found;
  }

 private:
  static void decode_level(const std::vector<HeadOutput>& outputs, cv::Size input, int stride, double threshold,
                           std::vector<Detection>& found) {
    const int columns = input.width / stride;
    const int cells = columns * (input.height / stride);
    const auto values = [&](const char* kind, int width) {
      return values_of(*find(outputs, kind + std::to_string(stride)), cells, width);
    };
    const float *cls = values("cls_", 1), *obj = values("obj_", 1), *box = values("bbox_", 4), *points = values("kps_", 10);
    const auto side = static_cast<float>(stride);
    for (int i = 0; i < cells; ++i) {
      const float score = std::sqrt(std::clamp(cls[i], 0.0F, 1.0F) * std::clamp(obj[i], 0.0F, 1.0F));
      if (!(score >= threshold)) continue;
      const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
      const float* b = box + 4 * i;
      const float x = (column + b[0]) * side, y = (row + b[1]) * side, w = std::exp(b[2]) * side, h = std::exp(b[3]) * side;
      Detection d{{x - w / 2, y - h / 2, w, h}, score, {}};
      for (int k = 0; k < 5; ++k)
        d.points.emplace_back((column + points[10 * i + 2 * k]) * side, (row + points[10 * i + 2 * k + 1]) * side);
      found.push_back(std::move(d));
    }
  }
};

class UltrafaceHead final : public FaceHead {
 public:
  std::string name() const override { return "ultraface"; }
  double default_threshold() const override { return 0.7; }
  double smallest_face_px() const override { return 16; }
  int stride() const override { return 1; }
  bool any_size() const override { return false; }
  bool bgr() const override { return false; }
  std::array<float, 3> mean() const override { return {127, 127, 127}; }
  float factor() const override { return 1.0F / 128; }

  std::vector<Detection> decode(const std::vector<HeadOutput>& outputs, cv::Size input, double threshold) const override {
    const HeadOutput& classes = *find_last_dim(outputs, 2);
    const std::int64_t count = classes.shape[1];
    const float *scores = values_of(classes, count, 2), *boxes = values_of(*find_last_dim(outputs, 4), count, 4);
    const auto width = static_cast<float>(input.width), height = static_cast<float>(input.height);
    std::vector<Detection> found;
    for (std::int64_t i = 0; i < count; ++i) {
      const float* b = boxes + 4 * i;
      if (scores[2 * i + 1] >= threshold)
        found.push_back(detection_of(b[0] * width, b[1] * height, b[2] * width, b[3] * height, scores[2 * i + 1]));
    }
    return found;
  }
};

class RetinafaceHead final : public FaceHead {
 public:
  std::string name() const override { return "retinaface"; }
  double default_threshold() const override { return 0.6; }
  double smallest_face_px() const override { return 16; }
  int stride() const override { return 32; }
  bool any_size() const override { return true; }
  bool bgr() const override { return true; }
  std::array<float, 3> mean() const override { return {104, 117, 123}; }
  float factor() const override { return 1; }

  std::vector<Detection> decode(const std::vector<HeadOutput>& outputs, cv::Size input, double threshold) const override {
    const auto cells_at = [](int side, int stride) { return (side + stride - 1) / stride; };
    std::int64_t count = 0;
    for (const int stride : kStrides) count += 2 * cells_at(input.width, stride) * cells_at(input.height, stride);
    const Rows rows{values_of(*find_last_dim(outputs, 4), count, 4), values_of(*find_last_dim(outputs, 2), count, 2),
                    values_of(*find_last_dim(outputs, 10), count, 10)};
    const bool probabilities = are_probabilities(rows.scores, count);
    std::vector<Detection> found;
    std::int64_t i = 0;
    for (std::size_t level = 0; level < kStrides.size(); ++level) {
      const int stride = kStrides[level];
      for (int row = 0; row < cells_at(input.height, stride); ++row)
        for (int column = 0; column < cells_at(input.width, stride); ++column)
          for (int k = 0; k < 2; ++k, ++i) {
            const float* s = rows.scores + 2 * i;
            const float score = probabilities ? s[1] : 1 / (1 + std::exp(s[0] - s[1]));
            if (!(score >= threshold)) continue;
            const auto half = static_cast<float>(stride) / 2;
            const auto side = static_cast<float>((16 << (2 * level)) << k);
            found.push_back(decode_prior(
                rows, i, {static_cast<float>(column * stride) + half, static_cast<float>(row * stride) + half}, side, score));
          }
    }
    return found;
  }

 private:
  struct Rows {
    const float *boxes, *scores, *points;
  };

  static bool are_probabilities(const float* scores, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
      if (!(scores[2 * i] >= 0 && scores[2 * i + 1] >= 0 && std::abs(scores[2 * i] + scores[2 * i + 1] - 1) < 1e-2)) return false;
    return true;
  }

  static Detection decode_prior(const Rows& rows, std::int64_t i, cv::Point2f centre, float side, float score) {
    const float *b = rows.boxes + 4 * i, *p = rows.points + 10 * i;
    const auto moved = [&](float x, float y) { return cv::Point2f(centre.x + x * 0.1F * side, centre.y + y * 0.1F * side); };
    const auto middle = moved(b[0], b[1]);
    const float w = side * std::exp(b[2] * 0.2F), h = side * std::exp(b[3] * 0.2F);
    Detection d{{middle.x - w / 2, middle.y - h / 2, w, h}, score, {}};
    for (int k = 0; k < 5; ++k) d.points.push_back(moved(p[2 * k], p[2 * k + 1]));
    return d;
  }
};

bool looks_like_yunet(const std::vector<HeadOutput>& outputs) {
  for (const int stride : kStrides)
    for (const char* kind : {"cls_", "obj_", "bbox_", "kps_"})
      if (find(outputs, kind + std::to_string(stride)) == nullptr) return false;
  return true;
}

}  // namespace

std::unique_ptr<FaceHead> make_yunet_head() { return std::make_unique<YunetHead>(); }
std::unique_ptr<FaceHead> make_ultraface_head() { return std::make_unique<UltrafaceHead>(); }
std::unique_ptr<FaceHead> make_retinaface_head() { return std::make_unique<RetinafaceHead>(); }

std::unique_ptr<FaceHead> recognise_face_head(const std::vector<HeadOutput>& outputs) {
  if (looks_like_yunet(outputs)) return make_yunet_head();
  const bool boxes = find_last_dim(outputs, 4) != nullptr && find_last_dim(outputs, 2) != nullptr;
  if (boxes && outputs.size() == 2) return make_ultraface_head();
  if (boxes && outputs.size() == 3 && find_last_dim(outputs, 10) != nullptr) return make_retinaface_head();
  return nullptr;
}

}  // namespace mien
