// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_network.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/face/landmark_frame.h"

namespace mien {
namespace {

using runtime::ElementType;
using runtime::Model;
using runtime::TensorInfo;

bool has_shape(const TensorInfo& tensor, const std::vector<std::int64_t>& wanted) {
  if (tensor.type != ElementType::f32 || tensor.shape.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (tensor.shape[i] >= 0 && tensor.shape[i] != wanted[i]) return false;
  return true;
}

std::size_t output_named(const Model& model, const std::string& name, std::int64_t columns, const std::string& file) {
  const auto& outputs = model.outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].name == name && has_shape(outputs[i], {1, columns})) return i;
  throw Error(ErrorCode::bad_file, fmt::format("{}: a landmark network needs an output '{}' of f32 [?x{}]", file, name, columns));
}

class LandmarkNetwork : public LandmarkModel {
 public:
  LandmarkNetwork(Model model, std::string file, LandmarkFrame frame)
      : file_(std::move(file)), frame_(std::move(frame)), model_(std::move(model)), session_(model_) {
    const auto size = static_cast<std::int64_t>(frame_.size_px);
    if (model_.inputs().size() != 1 || !has_shape(model_.inputs()[0], {1, 1, size, size}))
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: a landmark network needs one input of f32 [?x1x{}x{}]", file_, size, size));
    points_output_ = output_named(model_, "points", 136, file_);
    face_output_ = output_named(model_, "face", 1, file_);
  }

  std::string name() const override { return "mien"; }

  FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) override {
    return search(image, detection.points.size() == 5 ? frame_from_points(frame_, detection.points)
                                                      : frame_from_box(frame_, detection.box, detector));
  }

  FaceLandmarks follow(const cv::Mat& image, const Points& previous68) override {
    return search(image, frame_from_points(frame_, previous68));
  }

  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<LandmarkNetwork>(model_, file_, frame_); }

 private:
  FaceLandmarks search(const cv::Mat& image, Affine image_from_frame) {
    FaceLandmarks found = look(image, image_from_frame);
    for (int again = 1; again < frame_.looks; ++again) found = look(image, frame_from_points(frame_, found.points));
    return found;
  }

  FaceLandmarks look(const cv::Mat& image, const Affine& image_from_frame) {
    cv::Mat pixels = look_at_frame(image, image_from_frame, frame_.size_px);
    standardise(pixels);
    const auto& outputs = session_.run({{{1, 1, frame_.size_px, frame_.size_px}, pixels.ptr<float>()}});
    const float* shares = outputs[points_output_].values<float>();
    FaceLandmarks found;
    for (int k = 0; k < 68; ++k) found.points.emplace_back(shares[2 * k], shares[2 * k + 1]);
    found.points = apply_affine(image_from_frame, found.points);
    found.confidence = 1 / (1 + std::exp(-outputs[face_output_].values<float>()[0]));
    check_finite(found);
    return found;
  }

  void check_finite(const FaceLandmarks& found) const {
    float sum = found.confidence;
    for (const auto& p : found.points) sum += p.x + p.y;
    if (!std::isfinite(sum))
      throw Error(ErrorCode::numeric, file_ + ": the landmark network answered with numbers that are not finite");
  }

  std::string file_;
  LandmarkFrame frame_;
  Model model_;
  runtime::Session session_;
  std::size_t points_output_ = 0, face_output_ = 0;
};

}  // namespace

bool is_landmark_network(const Model& model) { return model.metadata().contains(landmark_frame_key); }

std::unique_ptr<LandmarkModel> make_landmark_network(const Model& model, const std::string& file) {
  const auto entry = model.metadata().find(landmark_frame_key);
  if (entry == model.metadata().end())
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: lacks the metadata entry '{}' of a landmark network", file, landmark_frame_key));
  return std::make_unique<LandmarkNetwork>(model, file, parse_landmark_frame(entry->second, file));
}

std::unique_ptr<LandmarkModel> load_landmark_network(const std::filesystem::path& file) {
  return make_landmark_network(Model::load(file.string(), {.precision = runtime::Precision::fp32, .threads = 1}), file.string());
}

}  // namespace mien
