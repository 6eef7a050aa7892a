// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/explain/explain.h"
#include "mien/model_info/weights_info.h"

namespace mien {

/// What is explained: the image files of the configuration as a data set without labels, else `limit` records drawn by seed
/// from the split, in its order, mapped to the weights' classes. Unlabelled records are left out where others have labels. Adds
/// to `facts` what it did.
Dataset data_to_explain(const ExplainConfig& config, const WeightsInfo& info, Progress& progress,
                        std::vector<std::pair<std::string, std::string>>& facts);

/// `limit` records drawn without replacement, in their old order; all for 0.
Dataset sampled(const Dataset& data, std::int64_t limit, std::uint64_t seed);

}  // namespace mien
