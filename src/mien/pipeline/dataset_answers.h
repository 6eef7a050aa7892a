// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "mien/base/progress.h"
#include "mien/loading/loader.h"
#include "mien/metrics/classification.h"
#include "mien/pipeline/face_classifier.h"

namespace mien {

/// Answers for a whole data set, in its order.
struct DatasetAnswers {
  Predictions predictions;            ///< ids, logits and labels of the images that could be read
  std::vector<std::int64_t> indices;  ///< their positions in the Dataset
  std::vector<double> valence_truth, valence_predicted, arousal_truth, arousal_predicted;  ///< where labels and answers exist
  std::vector<BadSample> bad;
};

/// Runs `answer` over the loader's epoch 0. `records` are those of the loader's data set.
DatasetAnswers answer_dataset(const std::function<FaceAnswers(const HostBatch&)>& answer, Loader& loader,
                              const std::vector<Record>& records, Progress& progress);

}  // namespace mien
