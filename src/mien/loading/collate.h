// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/image/preprocessing.h"
#include "mien/loading/host_batch.h"

namespace mien {

/// What a sample brings into its batch beside the pixels, which are written straight into the batch.
struct PreparedSample {
  std::int64_t index = -1;  ///< in the Dataset
  bool usable = false;
  std::string reason;       ///< why it is not
  Annotations annotations;  ///< landmarks in pixels of the network input
  cv::Mat mask, heat_map;   ///< of the network's size, or empty
};

/// A batch with room for the pixels of `samples` samples.
HostBatch allocate_batch(int samples, int classes, const Preprocessing& preprocessing);

/// Completes a batch whose images lie in the rows of `samples`: closes the gaps that unusable samples leave (and lists these
/// in `bad`), and fills every other field. Throws Error{bad_data} naming the sample whose label, distribution, action units
/// or number of landmarks does not fit the others.
void complete_batch(HostBatch& batch, const std::vector<PreparedSample>& samples, const Dataset& dataset);

}  // namespace mien
