// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/dataset.h"
#include "mien/train/train.h"

namespace mien {

/// The training and validation parts of one epoch.
struct EpochData {
  std::shared_ptr<const Dataset> train, valid;
};

/// Which samples train and which validate, for every epoch.
struct DataPlan {
  LabelSpace labels;
  std::string name;                     ///< of the data set
  std::string alignment = "none";       ///< how its faces lie in the pictures, as in Preprocessing
  std::vector<EpochData> parts;         ///< epoch e uses parts[e mod size]
  std::vector<std::int64_t> class_counts;
  std::string data_hash;                ///< dataset_hash() of all records
  std::string summary;                  ///< "21,553 train, 2,433 validation (holdout 10 %)"

  const EpochData& at(std::int64_t epoch) const { return parts[static_cast<std::size_t>(epoch) % parts.size()]; }
};

/// Opens the data set and makes the parts. Unlabelled records are left out; label noise reaches the training parts alone. Throws Error{bad_data} when a part is empty.
DataPlan plan_data(const TrainConfig& config, Progress& progress);

/// Hash of what a data set's records say (ids, splits, labels, distributions, valence and arousal, Action Units, landmarks), for run.json
/// and resume checks. The pixels are not looked at.
std::string dataset_hash(const Dataset& dataset);

}  // namespace mien
