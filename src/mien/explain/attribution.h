// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/explain/explained_model.h"
#include "mien/explain/method_list.h"
#include "mien/explain/occlusion.h"
#include "mien/image/preprocessing.h"

namespace mien {

struct AttributionOptions {
  std::int64_t steps = 32;        ///< of integrated gradients
  std::string baseline = "blur";  ///< of integrated gradients and occlusion, see baseline_images
  OcclusionOptions occlusion;
  std::int64_t batch_size = 32;  ///< pictures that pass through the network at once
  std::uint64_t seed = 1;        ///< of the random maps
};

/// What a batch of N pictures is explained with.
struct AttributionBatch {
  torch::Tensor images;               ///< [N,C,H,W] normalised, on the model's device
  torch::Tensor labels;               ///< [N] as explained_labels gives them
  std::vector<std::int64_t> indices;  ///< [N] keys of the random maps
};

struct AttributionMaps {
  torch::Tensor maps;                    ///< [N,H,W] float32 on the CPU; positive = for the explained class
  std::vector<double> completeness_gap;  ///< [N] |sum of the map - difference of the logits|; integrated gradients only
};

/// The maps of one method. Throws Error{usage} for an unknown method or layer, Error{numeric} when a map is not finite.
AttributionMaps attribute(const ExplainedModel& model, const MapMethod& method, const AttributionBatch& batch,
                          const AttributionOptions& options, const Preprocessing& preprocessing);

}  // namespace mien
