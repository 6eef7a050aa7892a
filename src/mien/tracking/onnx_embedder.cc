// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/onnx_embedder.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/face_geometry/alignment.h"
#include "mien/image/color.h"

namespace mien {

namespace {

constexpr double kSamePerson = 0.35;  // of MobileFaceNet, one false accept in a thousand: docs/results/identity.md
constexpr int kUsualPx = 112;

runtime::Model load(const std::filesystem::path& file) {
  return runtime::Model::load(file.string(), {.precision = runtime::Precision::fp32, .threads = 1, .cached_shapes = 1});
}

[[noreturn]] void refuse(const std::string& file, const std::string& found) {
  throw Error(ErrorCode::bad_file, file + ": not a face embedding network: " + found,
              "Expected one float input [N,3,height,width] or [N,1,height,width] and one output of one vector an image, as "
              "MobileFaceNet has.");
}

/// The preprocessing of a file that says nothing, at the size of its input.
Preprocessing usual(const runtime::Model& model, const std::string& file) {
  if (model.inputs().size() != 1 || model.outputs().size() != 1)
    refuse(file, "it has " + std::to_string(model.inputs().size()) + " inputs and " + std::to_string(model.outputs().size()) +
                     " outputs");
  const auto& input = model.inputs()[0];
  if (input.type != runtime::ElementType::f32 || input.shape.size() != 4 || (input.shape[1] != 3 && input.shape[1] != -1))
    refuse(file, "its input '" + input.name + "' is no batch of RGB images of floats");
  const auto side = [](std::int64_t declared) { return declared > 0 ? static_cast<int>(declared) : kUsualPx; };
  Preprocessing p;
  p.height = side(input.shape[2]);
  p.width = side(input.shape[3]);
  p.mean = {0.485, 0.456, 0.406};
  p.std = {0.229, 0.224, 0.225};
  p.alignment = "arcface";
  return p;
}

Preprocessing stored_or_usual(const runtime::Model& model, const std::string& file) {
  const auto stored = model.metadata().find(embedding_preprocessing_key);
  if (stored == model.metadata().end()) return usual(model, file);
  try {
    return preprocessing_from_json_text(stored->second);
  } catch (const Error& error) {
    throw Error(error.code(), file + ": " + error.what(), error.hint());
  }
}

double stored_likeness(const runtime::Model& model, const std::string& file) {
  const auto stored = model.metadata().find(same_person_key);
  if (stored == model.metadata().end()) return kSamePerson;
  const double value = parse_real(stored->second, file + ", metadata " + same_person_key);
  if (!(value > 0 && value <= 1)) throw Error(ErrorCode::mismatch, file + ": metadata " + same_person_key + " must lie in (0,1]");
  return value;
}

}  // namespace

OnnxEmbedder::OnnxEmbedder(const std::filesystem::path& file)
    : name_(file.string()),
      model_(load(file)),
      session_(model_),
      preprocessing_(stored_or_usual(model_, name_)),
      same_person_likeness_(stored_likeness(model_, name_)) {
  check();
}

OnnxEmbedder::OnnxEmbedder(const std::filesystem::path& file, const Preprocessing& preprocessing)
    : name_(file.string()),
      model_(load(file)),
      session_(model_),
      preprocessing_(preprocessing),
      same_person_likeness_(stored_likeness(model_, name_)) {
  check();
}

OnnxEmbedder::OnnxEmbedder(const OnnxEmbedder& other)
    : name_(other.name_),
      model_(other.model_),
      session_(model_),
      preprocessing_(other.preprocessing_),
      same_person_likeness_(other.same_person_likeness_),
      size_(other.size_) {}

std::unique_ptr<FaceEmbedder> OnnxEmbedder::clone() const { return std::unique_ptr<FaceEmbedder>(new OnnxEmbedder(*this)); }

/// One run on an empty picture says how long the vector is, and whether the network runs at all.
void OnnxEmbedder::check() {
  check_preprocessing(preprocessing_);
  if (preprocessing_.alignment == "none") preprocessing_.alignment = "arcface";
  alignment_template(preprocessing_.alignment);  // an unknown name ends here
  const auto& p = preprocessing_;
  if (model_.inputs().size() != 1 || model_.outputs().size() != 1)
    refuse(name_, "it has " + std::to_string(model_.inputs().size()) + " inputs and " + std::to_string(model_.outputs().size()) +
                      " outputs");
  input_.assign(static_cast<std::size_t>(p.channels()) * static_cast<std::size_t>(p.height) * static_cast<std::size_t>(p.width),
                0.0F);
  try {
    const auto& output = session_.run({{{1, p.channels(), p.height, p.width}, input_.data()}})[0];
    if (output.type != runtime::ElementType::f32 || output.shape.empty() || output.shape[0] != 1 || output.size() < 2 ||
        output.size() > 65536)
      refuse(name_, "its output is not one vector of floats");
    for (std::size_t i = 1; i < output.shape.size(); ++i)
      if (output.shape[i] != 1 && output.shape[i] != output.size()) refuse(name_, "its output is not one vector of floats");
    size_ = static_cast<int>(output.size());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::usage) refuse(name_, error.what());
    throw;
  }
}

std::vector<float> OnnxEmbedder::embed(const cv::Mat& image, const Points& points68) {
  const Preprocessing& p = preprocessing_;
  cv::Mat face;
  try {
    face =
        align_face(image, points68, alignment_template(p.alignment), AlignmentKind::similarity, p.width, p.height, p.crop_margin)
            .image;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_data) return {};
    throw;
  }
  face = p.color == "gray" ? to_gray(face) : to_rgb(face);
  const int channels = p.channels();
  const auto plane = static_cast<std::size_t>(p.width) * static_cast<std::size_t>(p.height);
  input_.resize(plane * static_cast<std::size_t>(channels));
  for (int c = 0; c < channels; ++c) {
    const auto of = [c](const std::vector<double>& values) {
      return values[values.size() == 1 ? 0 : static_cast<std::size_t>(c)];
    };
    const auto scale = static_cast<float>(1 / (p.divide_by * of(p.std))), shift = static_cast<float>(-of(p.mean) / of(p.std));
    const int from = p.color == "bgr" ? channels - 1 - c : c;
    float* out = input_.data() + plane * static_cast<std::size_t>(c);
    for (int y = 0; y < face.rows; ++y) {
      const std::uint8_t* pixel = face.ptr<std::uint8_t>(y) + from;
      for (int x = 0; x < face.cols; ++x, pixel += channels) *out++ = static_cast<float>(*pixel) * scale + shift;
    }
  }
  const auto& output = session_.run({{{1, channels, p.height, p.width}, input_.data()}})[0];
  const float* values = output.values<float>();
  double squares = 0;
  for (int i = 0; i < size_; ++i) squares += static_cast<double>(values[i]) * values[i];
  if (!std::isfinite(squares)) throw Error(ErrorCode::numeric, name_ + ": the network's answer is not finite (NaN or infinity)");
  if (!(squares > 1e-20)) return {};
  std::vector<float> embedding(values, values + size_);
  const auto length = static_cast<float>(std::sqrt(squares));
  for (float& value : embedding) value /= length;
  return embedding;
}

}  // namespace mien
