// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/analyzer.h"

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <opencv2/imgproc.hpp>

#include "mien/analysis/face_worker.h"
#include "mien/base/any_error.h"
#include "mien/data/dataset.h"
#include "mien/analysis/scaled_result.h"

namespace mien {
namespace {

/// Beyond these OpenCV's counts of pixels, of pictures with a border too, would not fit an int.
constexpr int longest_side = 1'000'000;
constexpr std::int64_t most_pixels = 500'000'000;

/// What leaves the library is an Error, whatever library it came from.
template <typename Work>
auto guarded(const Work& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (...) {
    throw to_error(std::current_exception(), ErrorCode::bad_data);
  }
}

FaceOptions face_options(const AnalyzerOptions& o) {
  if (!(o.uncertain_below >= 0 && o.uncertain_below <= 1))
    throw Error(ErrorCode::usage, fmt::format("uncertain_below is {}, expected 0 to 1", o.uncertain_below));
  FaceOptions options;
  options.model = o.model;
  options.precision = o.precision;
  options.detector = o.detector;
  options.detector_model = o.detector_model;
  options.detector_threshold = o.detector_threshold;
  options.min_face_px = o.min_face_px;
  options.landmarks = o.landmarks;
  options.models = o.models;
  options.embedding = "none";
  options.uncertain_below = o.uncertain_below;
  return options;
}

Face face_of(const FaceResult& result, const std::vector<std::string>& names) {
  Face face;
  face.x = result.box.x;
  face.y = result.box.y;
  face.width = result.box.width;
  face.height = result.box.height;
  face.score = result.score;
  for (const auto& p : result.landmarks) face.landmarks.push_back({p.x, p.y});
  face.yaw_deg = result.pose.yaw_deg;
  face.pitch_deg = result.pose.pitch_deg;
  face.roll_deg = result.pose.roll_deg;
  face.quality = result.quality.overall;
  face.probabilities = result.probabilities;
  face.action_units = result.action_units;
  face.uncertain = result.uncertain;
  if (result.label >= 0) {
    face.label = names[static_cast<std::size_t>(result.label)];
    face.confidence = result.probabilities[static_cast<std::size_t>(result.label)];
  }
  face.has_valence_arousal = result.valence.has_value() && result.arousal.has_value();
  face.valence = result.valence.value_or(0);
  face.arousal = result.arousal.value_or(0);
  return face;
}

void check_pixels(const void* pixels, int width, int height, PixelOrder order, std::size_t row_bytes) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::usage, what); };
  if (order != PixelOrder::rgb && order != PixelOrder::bgr && order != PixelOrder::gray)
    refuse(fmt::format("{} is no order of pixels, expected rgb, bgr or gray", static_cast<int>(order)));
  if (pixels == nullptr) refuse("a picture without pixels cannot be looked at");
  if (width <= 0 || height <= 0) refuse(fmt::format("a picture of {} x {} pixels cannot be looked at", width, height));
  if (width > longest_side || height > longest_side || std::int64_t{width} * height > most_pixels)
    refuse(fmt::format("a picture of {} x {} pixels is too large: sides may have {} pixels, the whole {}", width, height, longest_side, most_pixels));
  const std::size_t row = static_cast<std::size_t>(width) * (order == PixelOrder::gray ? 1 : 3);
  if (row_bytes != 0 && row_bytes < row) refuse(fmt::format("row_bytes is {}, but a row of {} pixels takes {} bytes", row_bytes, width, row));
  if (row_bytes > static_cast<std::size_t>(PTRDIFF_MAX) / static_cast<std::size_t>(height))
    refuse(fmt::format("row_bytes is {}: no memory holds {} such rows", row_bytes, height));
}

cv::Mat to_rgb(const void* pixels, int width, int height, PixelOrder order, std::size_t row_bytes) {
  check_pixels(pixels, width, height, order, row_bytes);
  const cv::Mat given(height, width, order == PixelOrder::gray ? CV_8UC1 : CV_8UC3, const_cast<void*>(pixels), row_bytes);
  if (order == PixelOrder::rgb) return given;
  cv::Mat image;
  cv::cvtColor(given, image, order == PixelOrder::gray ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  return image;
}

}  // namespace

struct Analyzer::State {
  explicit State(std::unique_ptr<FaceWorker> w) : worker(std::move(w)) {
    const AnalysisInfo info = worker->info();
    class_names = info.class_names;
    models = {info.detector, info.landmarks, info.model};
  }
  std::unique_ptr<FaceWorker> worker;
  std::vector<std::string> class_names;
  AnalyzerModels models;

  std::vector<Face> analyze(const Picture& picture) {
    FacesFound found = worker->analyze(picture.pixels, false);
    if (found.problem) throw *found.problem;
    std::vector<Face> faces;
    for (FaceResult& face : found.faces) {
      to_file(picture, face);
      faces.push_back(face_of(face, class_names));
    }
    return faces;
  }
};

Analyzer::Analyzer(const AnalyzerOptions& options)
    : state_(guarded([&] { return std::make_unique<State>(std::make_unique<FaceWorker>(face_options(options))); })) {}
Analyzer::Analyzer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;
Analyzer::~Analyzer() = default;

Analyzer::State& Analyzer::state() const {
  if (!state_) throw Error(ErrorCode::usage, "this Analyzer was moved from", "Use the one it was moved to.");
  return *state_;
}

Analyzer Analyzer::clone() const {
  return guarded([&] { return Analyzer(std::make_unique<State>(state().worker->clone())); });
}

const std::vector<std::string>& Analyzer::class_names() const { return state().class_names; }
const AnalyzerModels& Analyzer::models() const { return state().models; }
const std::vector<std::string>& Analyzer::action_units() { return action_unit_names(); }

std::vector<Face> Analyzer::analyze(const void* pixels, int width, int height, PixelOrder order, std::size_t row_bytes) {
  return guarded([&] { return state().analyze({to_rgb(pixels, width, height, order, row_bytes), {width, height}}); });
}

std::vector<Face> Analyzer::analyze_file(const std::string& file) {
  return guarded([&] { return state().analyze(read_picture(file)); });
}

}  // namespace mien
