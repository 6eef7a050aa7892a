// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/train/train.h"

namespace mien {

/// Median seconds of the parts of a training step.
struct StepTimes {
  double load = 0;      ///< waiting for the batch and making tensors of it
  double forward = 0;   ///< with the loss
  double backward = 0;
  double update = 0;    ///< clipping, optimizer, moving average
  double step = 0;      ///< the whole step
  double images_per_s = 0;
  double spread = 0;    ///< interquartile range of the step, share of its median
};

struct BenchCase {
  std::string name;
  TrainConfig config;   ///< as of a training: method, network, input, augmentation, batch size, precision, loader, moving average
  std::int64_t steps = 8, warmup = 2;
};

/// Times the trainer's own iterations (StepRunner) of the first training step of a method on the images below `folder` (one folder a
/// class, the layout that torchvision's ImageFolder reads too). Throws Error{usage} for images that do not fill a batch.
StepTimes bench_training(const BenchCase& bench, const std::filesystem::path& folder, Progress& progress);

/// Writes the first `count` training images of a data set as PNG files, one folder a class, `size_px` on each side
/// (0 = as they are).
void export_class_folders(const DatasetOptions& data, const std::string& split, std::int64_t count, int size_px, const std::filesystem::path& folder);

}  // namespace mien
