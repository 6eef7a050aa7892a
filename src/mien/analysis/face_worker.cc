// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/face_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/analysis/choose_models.h"
#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/face_geometry/action_unit_estimates.h"
#include "mien/face_geometry/alignment.h"

namespace mien {
namespace {

std::string place_of(const FaceResult& face) { return fmt::format("face at {:.0f},{:.0f}", face.box.x, face.box.y); }

/// Adds one problem to those before it.
void add(std::optional<Error>& all, const std::optional<Error>& one) {
  if (!one) return;
  all = all ? Error(all->code(), fmt::format("{}; {}", all->what(), one->what()), all->hint()) : *one;
}

/// "mien (models/mien-landmarks68.onnx)"
std::string named(const std::string& kind, const std::string& file) { return file.empty() || file == kind ? kind : kind + " (" + file + ")"; }

}  // namespace

FaceWorker::FaceWorker(const FaceOptions& given) : options_(with_models(given)) {
  const FaceOptions& options = options_;
  DetectorOptions d;
  d.kind = options.detector;
  d.model = options.detector_model;
  d.threshold = options.detector_threshold;
  d.min_face_px = static_cast<int>(options.min_face_px);
  d.tile_px = static_cast<int>(options.tile_px);
  detector_ = make_face_detector(d);
  landmarks_ = make_landmark_model(options.landmarks);
  if (options.model != "none") {
    FaceClassifierOptions compute;
    compute.precision = options.precision;
    compute.threads = 1;
    compute.model_budget = options.model_budget;
    expression_ = ExpressionModel::load(options.model, compute);
  }
  if (options.embedding != "none") embedder_ = make_face_embedder(options.embedding);
}

std::unique_ptr<FaceWorker> FaceWorker::clone() const {
  std::unique_ptr<FaceWorker> other(new FaceWorker);
  other->options_ = options_;
  other->detector_ = detector_->clone();
  other->landmarks_ = landmarks_->clone();
  if (expression_) other->expression_ = expression_->clone();
  if (embedder_) other->embedder_ = embedder_->clone();
  other->neutral_ = neutral_;
  return other;
}

AnalysisInfo FaceWorker::info() const {
  AnalysisInfo info;
  info.detector = named(detector_->name(), options_.detector_model);
  info.landmarks = named(landmarks_->name(), options_.landmarks);
  info.embedding = embedder_ ? embedder_->name() : "none";
  info.model = expression_ ? options_.model : "none";
  info.uncertain_below = options_.uncertain_below;
  info.has_action_units = options_.action_units;
  if (!expression_) return info;
  info.class_names = expression_->info().class_names;
  info.label_space = expression_->info().label_space;
  info.has_valence_arousal = expression_->has_valence_arousal();
  return info;
}

std::optional<Error> FaceWorker::describe(const cv::Mat& image, FaceResult& face, bool embed) {
  const std::string place = place_of(face);
  std::optional<Error> problem = attempt(place, [&] { measure_geometry(image, face); });
  if (expression_) add(problem, attempt(place, [&] { label(image, face); }));
  if (embed && embedder_) add(problem, attempt(place, [&] { face.embedding = embedder_->embed(image, face.landmarks); }));
  return problem;
}

/// Landmarks that no head fits leave pose and what follows from it unmeasured.
void FaceWorker::measure_geometry(const cv::Mat& image, FaceResult& face) const {
  try {
    face.pose = estimate_head_pose(face.landmarks, image.size());
    face.quality = measure_quality(image, face.landmarks, face.pose);
    if (!options_.action_units) return;
    face.action_units = neutral_ ? estimate_action_units(face.landmarks, *neutral_) : estimate_action_units(face.landmarks);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_data) throw;
  }
}

void FaceWorker::label(const cv::Mat& image, FaceResult& face) {
  const auto answer = expression_->predict({face_crop(image, face, expression_->info().preprocessing)}).front();
  if (!answer.finite) throw Error(ErrorCode::numeric, options_.model + ": the network's answer is not finite (NaN or infinity)");
  face.probabilities = answer.probabilities;
  face.label = answer.label;
  face.uncertain = answer.confidence < options_.uncertain_below;
  if (!answer.has_valence_arousal) return;
  face.valence = answer.valence;
  face.arousal = answer.arousal;
}

FacesFound FaceWorker::analyze(const cv::Mat& image, bool embed) {
  FacesFound found;
  for (const Detection& detection : detect(image)) {
    FaceResult face;
    face.box = detection.box;
    face.score = detection.score;
    const auto problem = attempt(place_of(face), [&] { face.landmarks = place(image, detection).points; });
    add(found.problem, problem ? problem : describe(image, face, embed));
    found.faces.push_back(std::move(face));
  }
  sort_faces(found.faces);
  return found;
}

cv::Mat face_crop(const cv::Mat& image, const FaceResult& face, const Preprocessing& p) {
  if (p.alignment == "none") return crop_face(image, face.box, p.width, p.height, p.crop_margin).image;
  return align_face(image, face.landmarks, alignment_template(p.alignment), AlignmentKind::similarity, p.width, p.height, p.crop_margin).image;
}

void sort_faces(std::vector<FaceResult>& faces) {
  std::stable_sort(faces.begin(), faces.end(), [](const FaceResult& a, const FaceResult& b) {
    return std::pair(a.box.x, a.box.y) < std::pair(b.box.x, b.box.y);
  });
}

void FaceWorkers::set_neutral(const FaceMeasures& neutral) {
  const std::lock_guard lock(mutex_);
  prototype_.set_neutral(neutral);
  for (const auto& worker : idle_) worker->set_neutral(neutral);
}

std::unique_ptr<FaceWorker> FaceWorkers::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return prototype_.clone();
  auto worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void FaceWorkers::give_back(std::unique_ptr<FaceWorker> worker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(worker));
}

}  // namespace mien
