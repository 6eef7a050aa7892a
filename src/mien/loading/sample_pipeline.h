// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/loading/collate.h"
#include "mien/loading/transform.h"

namespace mien {

/// The samples of one epoch, in order.
struct EpochPlan {
  std::int64_t epoch = 0;
  std::vector<std::int64_t> indices;   ///< positions in the Dataset
  std::vector<std::uint32_t> repeats;  ///< how often the same index occurred before; empty when none occurs twice
};

/// Works out `repeats`.
EpochPlan make_plan(std::int64_t epoch, std::vector<std::int64_t> indices, std::int64_t dataset_size);

/// Loads, augments, fits and normalises single samples. Thread-safe: the result depends on (seed, epoch, index, repeat) alone.
class SamplePipeline {
 public:
  SamplePipeline(std::shared_ptr<const Dataset> dataset, Preprocessing preprocessing, std::optional<AugmentOptions> augmentation,
                 std::uint64_t seed);

  const Dataset& dataset() const { return *dataset_; }
  const Preprocessing& preprocessing() const { return preprocessing_; }

  /// Writes [C,H,W] floats to `pixels` and the rest to `out`. Whatever is thrown while its pixels are read makes an unusable sample;
  /// Error{interrupted} passes.
  void prepare(const EpochPlan& plan, std::int64_t position, float* pixels, PreparedSample& out) const;

 private:
  std::optional<Sample> load(std::int64_t index, std::string& reason) const;

  std::shared_ptr<const Dataset> dataset_;
  Preprocessing preprocessing_;
  std::optional<AugmentOptions> augmentation_;
  std::uint64_t seed_;
};

}  // namespace mien
