// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "mien/base/progress.h"
#include "mien/methods/method.h"
#include "mien/pipeline/dataset_answers.h"

namespace mien {

struct InferenceOptions {
  bool bf16 = false;
  bool channels_last = true;
  bool flip = false;  ///< average the probabilities with those of the mirrored image (test-time augmentation)
};

/// Runs the method in eval mode over the loader's epoch 0, without gradients; the module's mode is restored. `also` is called
/// with every batch, in eval mode.
DatasetAnswers answer_dataset(Method& method, Loader& loader, const std::vector<Record>& records, torch::Device device,
                              const InferenceOptions& options, Progress& progress,
                              const std::function<void(const Batch&)>& also = {});

/// Logits of one batch, float32 on the CPU; with `flip`, the log of the averaged probabilities.
MethodOutput answer_batch(Method& method, const Batch& batch, torch::Device device, const InferenceOptions& options);

/// The tensors of an answer as plain numbers.
FaceAnswers to_answers(const MethodOutput& output);

}  // namespace mien
