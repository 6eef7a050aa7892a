// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_classifier.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/loading/transform.h"

namespace mien {
namespace {

std::vector<float> softmax(const float* logits, std::size_t classes, double temperature) {
  std::vector<float> probabilities(classes);
  const double top = *std::max_element(logits, logits + classes);
  double sum = 0;
  for (std::size_t c = 0; c < classes; ++c) sum += std::exp((logits[c] - top) / temperature);
  for (std::size_t c = 0; c < classes; ++c)
    probabilities[c] = static_cast<float>(std::exp((logits[c] - top) / temperature) / sum);
  return probabilities;
}

bool is_finite(const FacePrediction& face) {
  return std::isfinite(face.valence) && std::isfinite(face.arousal) &&
         std::all_of(face.probabilities.begin(), face.probabilities.end(), [](float p) { return std::isfinite(p); });
}

}  // namespace

HostBatch batch_of(const std::vector<cv::Mat>& crops, const Preprocessing& preprocessing) {
  HostBatch batch;
  batch.size = static_cast<int>(crops.size());
  batch.channels = preprocessing.channels();
  batch.height = preprocessing.height;
  batch.width = preprocessing.width;
  const std::size_t per_image =
      static_cast<std::size_t>(batch.channels) * static_cast<std::size_t>(batch.height) * static_cast<std::size_t>(batch.width);
  batch.images.resize(per_image * crops.size());
  for (std::size_t i = 0; i < crops.size(); ++i) {
    Sample sample;
    sample.image = crops[i];
    fit_to_input(sample, preprocessing);
    write_normalized(sample.image, preprocessing, batch.images.data() + i * per_image);
  }
  return batch;
}

std::vector<FacePrediction> to_predictions(const FaceAnswers& answers, double temperature) {
  const auto classes = static_cast<std::size_t>(answers.classes);
  std::vector<FacePrediction> faces(classes == 0 ? 0 : answers.logits.size() / classes);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    FacePrediction& face = faces[i];
    face.probabilities = softmax(answers.logits.data() + i * classes, classes, temperature);
    face.has_valence_arousal = !answers.valence_arousal.empty();
    if (face.has_valence_arousal) {
      face.valence = answers.valence_arousal[2 * i];
      face.arousal = answers.valence_arousal[2 * i + 1];
    }
    face.finite = is_finite(face);
    const auto top = std::max_element(face.probabilities.begin(), face.probabilities.end());
    face.label = face.finite ? static_cast<int>(top - face.probabilities.begin()) : -1;
    face.confidence = face.finite ? *top : std::numeric_limits<double>::quiet_NaN();
  }
  return faces;
}

std::vector<FacePrediction> FaceClassifier::predict(const std::vector<cv::Mat>& crops) {
  if (crops.empty()) return {};
  return to_predictions(answer(batch_of(crops, info().preprocessing)), info().temperature);
}

}  // namespace mien
