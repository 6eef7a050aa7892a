// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/base/progress.h"
#include "mien/data/dataset.h"
#include "mien/loading/transform.h"

namespace mien {

/// How a teacher's distributions are stored once, to train without running it.
struct StoreDistributions {
  std::int64_t augmentations = 8;  ///< the mean over this many augmented versions of a sample; 0 = the plain image
  AugmentOptions augment;
  double temperature = 1;  ///< the teacher's logits are divided by it
  std::int64_t batch_size = 128;
  std::int64_t loader_threads = 1;
  std::int64_t seed = 1;
  std::int64_t threads = 0;     ///< for the network; 0 = all cores
  std::string device = "auto";  ///< auto | cpu | cuda
};
void describe(StoreDistributions& options, OptionTable& table);

/// Writes a CSV file with a column `id` and one per class name: the mean distribution of trained networks over augmented
/// versions of each sample, for `LdlOptions::distributions`. Samples that cannot be read have no row. The file is written at the
/// end, as a whole. Returns the number of rows. Throws what `Teacher` throws.
/// @param teachers  weights files or run folders, at least one; each sees the images as it was trained to, and all count alike
std::int64_t write_distributions(const std::filesystem::path& file, const std::vector<std::string>& teachers,
                                 const std::shared_ptr<const Dataset>& dataset, const StoreDistributions& options,
                                 Progress& progress);

}  // namespace mien
