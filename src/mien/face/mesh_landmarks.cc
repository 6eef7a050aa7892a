// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/mesh_landmarks.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "mien/base/error.h"
#include "mien/face/face_frame.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr double kFaceMargin = 0.25;  // of the face's longer side, on each side of it
// The 68 points end at the brows; the mesh goes on to the hair line. In the mesh's own model of a head that adds 21 % to the
// height.
constexpr double kForehead = 0.21;
constexpr int kSideOf468 = 192, kSideOf478 = 256;  // of the published networks, for files that leave it open

/// side x side pixels, the image's type; where the crop leaves the image its edge pixels go on.
cv::Mat crop_with(const cv::Mat& image, const Affine& image_from_crop, int side) {
  const auto corners =
      bounding_box(apply_affine(image_from_crop, {{0, 0}, {side - 1.0F, 0}, {0, side - 1.0F}, {side - 1.0F, side - 1.0F}}));
  const double step = std::hypot(image_from_crop(0, 0), image_from_crop(1, 0));
  if (!(step > 1e-3) || !std::isfinite(step + corners.x + corners.y))
    throw Error(ErrorCode::bad_data, "landmarks: the face shrank to nothing");
  const double margin = 2 + step;
  const auto inside = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, size - 1.0)); };
  const cv::Rect area(cv::Point(inside(corners.x - margin, image.cols), inside(corners.y - margin, image.rows)),
                      cv::Point(inside(corners.x + corners.width + margin, image.cols) + 1,
                                inside(corners.y + corners.height + margin, image.rows) + 1));
  cv::Mat source = image(area);
  double sx = 1, sy = 1;
  if (step > 1) {  // average first, so that the bilinear reading below skips no pixel
    const cv::Size size(std::max(1, static_cast<int>(std::lround(area.width / step))),
                        std::max(1, static_cast<int>(std::lround(area.height / step))));
    cv::resize(source, source, size, 0, 0, cv::INTER_AREA);
    sx = static_cast<double>(size.width) / area.width, sy = static_cast<double>(size.height) / area.height;
  }
  const Affine source_from_image(sx, 0, (0.5 - area.x) * sx - 0.5, 0, sy, (0.5 - area.y) * sy - 0.5);
  cv::Mat crop;
  cv::warpAffine(source, crop, compose(source_from_image, image_from_crop), {side, side}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  return crop;
}

std::int64_t mesh_points(const runtime::TensorInfo& output) {
  std::int64_t count = 1;
  for (const auto d : output.shape) count *= std::max<std::int64_t>(d, 1);
  return output.type == runtime::ElementType::f32 && (count == 3 * 468 || count == 3 * 478) ? count / 3 : 0;
}

std::optional<std::size_t> mesh_output(const runtime::Model& model) {
  for (std::size_t i = 0; i < model.outputs().size(); ++i)
    if (mesh_points(model.outputs()[i]) > 0) return i;
  return std::nullopt;
}

std::optional<std::size_t> presence_output(const runtime::Model& model) {
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    const auto& shape = model.outputs()[i].shape;
    if (model.outputs()[i].type == runtime::ElementType::f32 &&
        std::all_of(shape.begin(), shape.end(), [](auto d) { return d == 1 || d == -1; }))
      return i;
  }
  return std::nullopt;
}

class FaceMesh final : public LandmarkModel {
 public:
  FaceMesh(runtime::Model model, std::string file)
      : file_(std::move(file)),
        model_(std::move(model)),
        session_(model_),
        mesh_output_(mesh_output(model_).value()),
        presence_output_(presence_output(model_)) {
    const auto& inputs = model_.inputs();
    if (inputs.size() != 1 || inputs[0].type != runtime::ElementType::f32 || inputs[0].shape.size() != 4) refuse();
    const auto& s = inputs[0].shape;
    planes_first_ = s[1] == 3;
    if (!planes_first_ && s[3] != 3) refuse();
    const auto side = planes_first_ ? s[2] : s[1], other = planes_first_ ? s[3] : s[2];
    const int usual = mesh_points(model_.outputs()[mesh_output_]) == 468 ? kSideOf468 : kSideOf478;
    if (side != other || side == 0 || side > 4096) refuse();
    side_ = side < 0 ? usual : static_cast<int>(side);
  }

  std::string name() const override { return "mesh"; }

  FaceLandmarks find(const cv::Mat& image, const Detection& detection, const std::string& detector) override {
    return look(image, mesh_frame(expected_landmarks(detection, detector)));
  }
  FaceLandmarks follow(const cv::Mat& image, const Points& previous68) override { return look(image, mesh_frame(previous68)); }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<FaceMesh>(model_, file_); }

 private:
  [[noreturn]] void refuse() const {
    throw Error(ErrorCode::bad_file, file_ + ": a face mesh takes one square float input, [1,3,side,side] or [1,side,side,3]");
  }

  FaceLandmarks look(const cv::Mat& image, const Affine& image_from_unit) {
    if (image.empty()) throw Error(ErrorCode::usage, "landmarks: the image is empty");
    const double side = side_;
    // Pixel i of the input covers i/side .. (i+1)/side of the frame.
    const Affine unit_from_crop(1 / side, 0, 0.5 / side, 0, 1 / side, 0.5 / side);
    const Affine image_from_crop = compose(image_from_unit, unit_from_crop);
    fill_input(image, image_from_crop);
    const std::vector<std::int64_t> shape =
        planes_first_ ? std::vector<std::int64_t>{1, 3, side_, side_} : std::vector<std::int64_t>{1, side_, side_, 3};
    const auto& outputs = session_.run({{shape, pixels_.data()}});
    return read(outputs, image_from_crop);
  }

  void fill_input(const cv::Mat& image, const Affine& image_from_crop) {
    const cv::Mat crop = to_rgb(crop_with(image, image_from_crop, side_));
    const auto plane = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
    pixels_.resize(3 * plane);
    for (int y = 0; y < side_; ++y)
      for (int x = 0; x < side_; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(side_) + static_cast<std::size_t>(x);
          pixels_[planes_first_ ? c * plane + at : 3 * at + c] =
              static_cast<float>(crop.at<cv::Vec3b>(y, x)[static_cast<int>(c)]) / 255;
        }
  }

  FaceLandmarks read(const std::vector<runtime::TensorView>& outputs, const Affine& image_from_crop) const {
    const auto& tensor = outputs[mesh_output_];
    const auto count = static_cast<std::size_t>(tensor.size() / 3);
    const float* values = tensor.values<float>();
    float largest = 0;
    for (std::size_t i = 0; i < count; ++i) largest = std::max({largest, std::abs(values[3 * i]), std::abs(values[3 * i + 1])});
    // Some exports divide by the input's side: no face in a crop of its own is smaller than two pixels.
    const float to_px = largest < 2 ? static_cast<float>(side_) : 1.0F;
    const double scale = std::hypot(image_from_crop(0, 0), image_from_crop(1, 0));
    FaceLandmarks result;
    Points flat(count);
    // The network counts pixels from their edges.
    for (std::size_t i = 0; i < count; ++i) flat[i] = {values[3 * i] * to_px - 0.5F, values[3 * i + 1] * to_px - 0.5F};
    flat = apply_affine(image_from_crop, flat);
    for (std::size_t i = 0; i < count; ++i)
      result.mesh.emplace_back(flat[i].x, flat[i].y, static_cast<float>(values[3 * i + 2] * to_px * scale));
    result.points = mesh_to_68(result.mesh);
    if (presence_output_) result.confidence = 1 / (1 + std::exp(-outputs[*presence_output_].values<float>()[0]));
    const bool finite = std::all_of(result.mesh.begin(), result.mesh.end(), [](const auto& p) { return std::isfinite(p.x + p.y + p.z); });
    if (!finite || !std::isfinite(result.confidence))
      throw Error(ErrorCode::numeric, file_ + ": the face mesh answered with values that are not finite");
    return result;
  }

  std::string file_;
  runtime::Model model_;
  runtime::Session session_;
  std::size_t mesh_output_;
  std::optional<std::size_t> presence_output_;
  bool planes_first_ = true;
  int side_ = 0;
  std::vector<float> pixels_;
};

}  // namespace

bool is_face_mesh(const runtime::Model& model) { return mesh_output(model).has_value(); }

std::unique_ptr<LandmarkModel> make_face_mesh(const runtime::Model& model, const std::string& file) {
  if (!is_face_mesh(model)) throw Error(ErrorCode::bad_file, file + ": a face mesh gives 468 or 478 points in three dimensions");
  return std::make_unique<FaceMesh>(model, file);
}

Affine mesh_frame(const Points& points68) {
  require_68(points68, "the frame of a face mesh");
  const auto five = five_points(points68);
  const cv::Point2f eyes = five[1] - five[0];
  const double length = std::hypot(eyes.x, eyes.y);
  const double c = length > 0 ? eyes.x / length : 1, s = length > 0 ? eyes.y / length : 0;
  const Affine upright(c, s, 0, -s, c, 0);  // turns the line of the eyes level
  const auto level = apply_affine(upright, points68);
  double left = level[0].x, right = left, top = level[0].y, bottom = top;
  for (const auto& p : level) {
    left = std::min<double>(left, p.x), right = std::max<double>(right, p.x);
    top = std::min<double>(top, p.y), bottom = std::max<double>(bottom, p.y);
  }
  top -= kForehead * (bottom - top);
  const double side = std::max(right - left, bottom - top) * (1 + 2 * kFaceMargin);
  const double x = (left + right - side) / 2, y = (top + bottom - side) / 2;
  return compose(invert(upright), Affine(side, 0, x, 0, side, y));
}

}  // namespace mien
