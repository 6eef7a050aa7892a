// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mien/data/catalogue.h"
#include "mien/image/preprocessing.h"
#include "mien/loading/host_batch.h"

namespace mien {

/// Images to try a network on: from a data set or from files, or random input when both are empty.
struct ExampleImages {
  DatasetOptions data;             ///< data.spec may be empty
  std::string split = "test";      ///< of the data set; "all" = every record
  std::vector<std::string> files;  ///< face crops, as `mien predict` takes them
  std::int64_t random = 64;        ///< images of normal noise
  std::int64_t most = 512;         ///< images at most, spread evenly over the data set
  std::int64_t batch_size = 16;    ///< images a run
  bool whole_batches = false;      ///< leave out an incomplete last batch: for files with a fixed batch size
};

/// Calls `use` with the images in batches, preprocessed; batches in which no image could be read are passed over. Throws what
/// opening the data set or a file throws.
void for_each_batch(const ExampleImages& images, const Preprocessing& preprocessing,
                    const std::function<void(const HostBatch&)>& use);

}  // namespace mien
