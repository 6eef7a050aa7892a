// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mien/analysis/analysis_options.h"
#include "mien/results/results.h"
#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"
#include "mien/face_geometry/action_unit_estimates.h"
#include "mien/base/error.h"
#include "mien/pipeline/expression_model.h"
#include "mien/tracking/embedder.h"

namespace mien {

/// The faces of a picture, from left to right, and what failed on one or more of them.
struct FacesFound {
  std::vector<FaceResult> faces;
  std::optional<Error> problem;  ///< names the faces
};

/// The models of an analysis, for one thread. Every answer depends on the picture alone and is computed for one face at a time on one
/// thread: it is the same for one picture or many, however many threads work.
class FaceWorker {
 public:
  /// Loads the models. Throws Error{not_found, bad_file, usage}.
  explicit FaceWorker(const FaceOptions& options);
  /// For another thread: shares the weights.
  std::unique_ptr<FaceWorker> clone() const;
  AnalysisInfo info() const;

  std::vector<Detection> detect(const cv::Mat& image_rgb) { return detector_->detect(image_rgb); }
  FaceLandmarks place(const cv::Mat& image_rgb, const Detection& detection) { return landmarks_->find(image_rgb, detection, detector_->name()); }
  const LandmarkModel& landmark_model() const { return *landmarks_; }
  std::string detector_name() const { return detector_->name(); }
  /// FaceEmbedder::same_person_likeness(); 1 without an embedder.
  double same_person_likeness() const { return embedder_ ? embedder_->same_person_likeness() : 1; }

  /// Action Units are measured against this face at rest from now on, for clones made later too.
  void set_neutral(const FaceMeasures& neutral) { neutral_ = neutral; }

  /// Fills in what follows from box and landmarks: pose, quality, expression; and the embedding when `embed`. What a model or a library fails
  /// at, answers that are not finite among it, stays empty and comes back as an error that names the face.
  std::optional<Error> describe(const cv::Mat& image_rgb, FaceResult& face, bool embed);
  /// Everything on a picture. A face that fails in part is kept with what is known of it. Throws what the detector throws.
  FacesFound analyze(const cv::Mat& image_rgb, bool embed);

 private:
  FaceWorker() = default;
  void measure_geometry(const cv::Mat& image_rgb, FaceResult& face) const;
  void label(const cv::Mat& image_rgb, FaceResult& face);

  FaceOptions options_;
  std::unique_ptr<FaceDetector> detector_;
  std::unique_ptr<LandmarkModel> landmarks_;
  std::unique_ptr<ExpressionModel> expression_;  ///< null = none asked for
  std::unique_ptr<FaceEmbedder> embedder_;       ///< null = none asked for
  std::optional<FaceMeasures> neutral_;          ///< none = the average face
};

/// The face as the model wants it: aligned to its template, or its box enlarged by its margin.
cv::Mat face_crop(const cv::Mat& image_rgb, const FaceResult& face, const Preprocessing& preprocessing);

/// From left to right, then from top to bottom.
void sort_faces(std::vector<FaceResult>& faces);

/// Places face workers at the disposal of threads.
class FaceWorkers {
 public:
  explicit FaceWorkers(const FaceOptions& options) : prototype_(options) {}
  const FaceWorker& prototype() const { return prototype_; }
  /// FaceWorker::set_neutral() for all, those that were lent before, too; while none is lent.
  void set_neutral(const FaceMeasures& neutral);

  /// A worker nobody else uses until the loan ends. Thread-safe.
  class Loan {
   public:
    explicit Loan(FaceWorkers& owner) : owner_(owner), worker_(owner.take()) {}
    ~Loan() { owner_.give_back(std::move(worker_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    FaceWorker* operator->() const { return worker_.get(); }

   private:
    FaceWorkers& owner_;
    std::unique_ptr<FaceWorker> worker_;
  };

 private:
  std::unique_ptr<FaceWorker> take();
  void give_back(std::unique_ptr<FaceWorker> worker);

  FaceWorker prototype_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<FaceWorker>> idle_;
};

}  // namespace mien
