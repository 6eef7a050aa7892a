// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>

#include "mien/base/error.h"
#include "mien/face/face_heads.h"
#include "mien/face/view_detector.h"
#include "mien/graph/onnx_file.h"
#include "mien/image/color.h"
#include "mien/runtime/runtime.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

constexpr int kSmallestInput =
    256;  // longer side; smaller images are enlarged: faces that fill 48 pixels are found at 192, not at 48
constexpr double kLargestEnlargement = 4;

/// Scores are thresholded, so they should not depend on the processor: fp32 everywhere.
runtime::ModelOptions model_options() { return {runtime::Precision::fp32, 1, 16}; }

std::vector<HeadOutput> outputs_of(const runtime::Model& model) {
  std::vector<HeadOutput> outputs;
  for (const auto& o : model.outputs()) outputs.push_back({o.name, o.shape, nullptr});
  return outputs;
}

/// The same network with free height and width.
runtime::Model with_free_size(const fs::path& file) {
  auto graph = graph::read_onnx(file);
  for (std::size_t i = 2; i < 4; ++i) graph.inputs[0].dims[i] = -1;
  graph.inputs[0].dim_names.clear();
  for (auto& port : graph.outputs) {
    if (port.dims.size() == 3) port.dims[1] = -1;
    port.dim_names.clear();
  }
  const auto bytes = graph::serialize_onnx(graph);
  return runtime::Model::parse(bytes.data(), bytes.size(), file.string(), model_options());
}

/// A network, its head and the size of its input.
struct OnnxFaceModel {
  runtime::Model model;
  std::shared_ptr<const FaceHead> head;
  std::optional<cv::Size> fixed;  ///< none = any multiple of the head's stride
};

void fill_input(const cv::Mat& view, cv::Size size, const FaceHead& head, std::vector<float>& pixels) {
  const auto plane = static_cast<std::size_t>(size.area());
  const auto mean = head.mean();
  // Outside the picture is black, as in training.
  for (std::size_t c = 0; c < 3; ++c)
    std::fill_n(pixels.begin() + static_cast<std::ptrdiff_t>(c * plane), plane, -mean[c] * head.factor());
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t channel = head.bgr() ? 2 - c : c;
    for (int y = 0; y < view.rows; ++y) {
      const auto* row = view.ptr<std::uint8_t>(y);
      float* out = pixels.data() + c * plane + static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width);
      for (int x = 0; x < view.cols; ++x)
        out[x] = (static_cast<float>(row[3 * x + static_cast<int>(channel)]) - mean[c]) * head.factor();
    }
  }
}

std::vector<HeadOutput> run_network(runtime::Session& session, const OnnxFaceModel& m, cv::Size size, const std::vector<float>& pixels) {
  const auto& results = session.run({{{1, 3, size.height, size.width}, pixels.data()}});
  auto outputs = outputs_of(m.model);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i].shape = results[i].shape;
    outputs[i].values = results[i].values<float>();
  }
  return outputs;
}

bool works_at(const OnnxFaceModel& m, cv::Size size) {
  try {
    runtime::Session session(m.model);
    m.head->decode(run_network(session, m, size, std::vector<float>(3 * static_cast<std::size_t>(size.area()))), size, 2);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool has_nan(const HeadOutput& output) {
  std::size_t count = 1;
  for (const auto d : output.shape) count *= static_cast<std::size_t>(d);
  return std::any_of(output.values, output.values + count, [](float v) { return std::isnan(v); });
}

bool is_finite(const Detection& d) { return std::isfinite(d.score + d.box.x + d.box.y + d.box.width + d.box.height); }

/// Scores that are no numbers pass no threshold: without this a network that answers NaN would see no face.
std::vector<Detection> decode(const OnnxFaceModel& m, const std::vector<HeadOutput>& outputs, cv::Size size, double threshold) {
  auto found = m.head->decode(outputs, size, threshold);
  if (std::any_of(outputs.begin(), outputs.end(), has_nan) || !std::all_of(found.begin(), found.end(), is_finite))
    throw Error(ErrorCode::numeric, m.head->name() + ": the face detector answered with numbers that are not finite (NaN or infinity)");
  return found;
}

OnnxFaceModel load(const fs::path& file) {
  auto model = runtime::Model::load(file.string(), model_options());
  const auto refuse = [&](const std::string& what) -> Error {
    return {ErrorCode::bad_file, file.string() + ": " + what,
            "Known face detectors: YuNet, UltraFace and RetinaFace as ONNX files."};
  };
  std::shared_ptr<const FaceHead> head = recognise_face_head(outputs_of(model));
  if (!head) {
    std::string names;
    for (const auto& o : model.outputs()) names += (names.empty() ? "" : ", ") + o.name;
    throw refuse("the outputs (" + names + ") are those of no known face detector");
  }
  const auto& inputs = model.inputs();
  if (inputs.size() != 1 || inputs[0].type != runtime::ElementType::f32 || inputs[0].shape.size() != 4 || inputs[0].shape[1] != 3)
    throw refuse("expected one float input [1,3,height,width]");
  const cv::Size declared(static_cast<int>(inputs[0].shape[3]), static_cast<int>(inputs[0].shape[2]));
  const bool open = declared.width < 0 && declared.height < 0;
  const cv::Size probe(4 * head->stride(), 2 * head->stride());
  if (!open && head->any_size()) {
    OnnxFaceModel free{with_free_size(file), head, std::nullopt};
    if (works_at(free, probe)) return free;
  }
  OnnxFaceModel result{std::move(model), head, std::nullopt};
  if (!open) {
    if (declared.width <= 0 || declared.height <= 0) throw refuse("expected height and width either both fixed or both free");
    result.fixed = declared;
  } else if (!head->any_size()) {
    result.fixed = cv::Size(320, 240);  // what the published files of such heads were trained at
  }
  if (!works_at(result, result.fixed.value_or(probe))) throw refuse("the outputs do not fit those of " + head->name());
  return result;
}

class OnnxScanner final : public ViewScanner {
 public:
  explicit OnnxScanner(OnnxFaceModel model) : model_(std::move(model)), session_(model_.model) {}

  std::string name() const override { return model_.head->name(); }
  double default_threshold() const override { return model_.head->default_threshold(); }
  std::unique_ptr<ViewScanner> clone() const override { return std::make_unique<OnnxScanner>(model_); }

  double scale_for(cv::Size image, double min_face_px) const override {
    if (model_.fixed)
      return std::min({static_cast<double>(model_.fixed->width) / image.width,
                       static_cast<double>(model_.fixed->height) / image.height, kLargestEnlargement});
    const double wanted = model_.head->smallest_face_px() / min_face_px;
    const double enough = static_cast<double>(kSmallestInput) / std::max(image.width, image.height);
    return std::min(std::max(wanted, enough), kLargestEnlargement);
  }

  std::vector<Detection> scan(const cv::Mat& view, double threshold) override {
    const cv::Mat rgb = to_rgb(view);
    const cv::Size size = model_.fixed.value_or(cv::Size(input_side(rgb.cols), input_side(rgb.rows)));
    pixels_.resize(3 * static_cast<std::size_t>(size.area()));
    fill_input(rgb(cv::Rect(0, 0, std::min(rgb.cols, size.width), std::min(rgb.rows, size.height))), size, *model_.head, pixels_);
    return decode(model_, run_network(session_, model_, size, pixels_), size, threshold);
  }

 private:
  /// Coarse steps: the network is compiled anew for every size, which takes as long as some twenty images.
  int input_side(int side) const {
    const int step = side <= kSmallestInput ? model_.head->stride() : 2 * model_.head->stride();
    return (side + step - 1) / step * step;
  }

  OnnxFaceModel model_;
  runtime::Session session_;
  std::vector<float> pixels_;
};

}  // namespace

std::unique_ptr<ViewScanner> make_onnx_scanner(const fs::path& model) { return std::make_unique<OnnxScanner>(load(model)); }

}  // namespace mien
