// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "mien/base/progress.h"
#include "mien/loading/loader.h"
#include "mien/methods/ldl/teacher.h"
#include "mien/methods/ldl/write_distributions.h"
#include "mien/nn/torch.h"

namespace mien {

/// The mean of what teachers answer for every sample of a data set; one teacher is in memory at a time.
class DistributionStore {
 public:
  DistributionStore(std::shared_ptr<const Dataset> dataset, const StoreDistributions& options);

  /// Adds the answers of a teacher whose input is `preprocessing`, for every augmented version of every sample.
  void ask(Teacher& teacher, const Preprocessing& preprocessing, Progress& progress);
  /// What `write_distributions` writes. Returns the number of rows.
  std::int64_t write(const std::filesystem::path& file) const;

 private:
  void add_pass(Loader& loader, std::int64_t pass, Teacher& teacher, Progress& progress);

  std::shared_ptr<const Dataset> dataset_;
  StoreDistributions options_;
  torch::Tensor sums_;    ///< [n,K]
  torch::Tensor counts_;  ///< [n] answers behind each sum
};

/// [n,K] float in the order of the data set's samples. Throws Error{bad_file} that names the line of what is no distribution, and
/// Error{mismatch} when a class or a sample is missing.
torch::Tensor read_distributions(const std::filesystem::path& file, const Dataset& dataset);

}  // namespace mien
