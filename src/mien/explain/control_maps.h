// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

// Maps that know nothing of the network: what an explanation has to beat. [N,H,W] on the CPU, the same for the same seed and
// index whatever the batch.

/// Independent uniform numbers in [0,1).
torch::Tensor random_map(const std::vector<std::int64_t>& indices, std::int64_t height, std::int64_t width, std::uint64_t seed);

/// Uniform numbers on a 7 x 7 grid, enlarged bilinearly: as smooth as Grad-CAM's maps.
torch::Tensor smooth_random_map(const std::vector<std::int64_t>& indices, std::int64_t height, std::int64_t width,
                                std::uint64_t seed);

/// A Gaussian about the middle with a sigma of a quarter of each side: where faces are.
torch::Tensor center_map(std::int64_t count, std::int64_t height, std::int64_t width);

}  // namespace mien
