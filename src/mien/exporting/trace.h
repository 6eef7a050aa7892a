// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "mien/exporting/traced.h"

namespace mien::exporting {

/// Output tensors of images [N,C,H,W].
using Forward = std::function<std::vector<torch::Tensor>(const torch::Tensor& images)>;

/// Records what `forward` calls for `images`. Parameters and buffers of `module` keep their names. The module must be in eval
/// mode and its parameters must need no gradient. Throws Error{bad_data} when the answer cannot be recorded: a choice that
/// depends on values of tensors, or a write over memory that another tensor shows too.
TracedGraph trace(const torch::nn::Module& module, const Forward& forward, const torch::Tensor& images);

/// Joins traces of one network for batches of 2 and 3 images into one for any batch size: numbers that grow with the batch
/// become TracedNumber::per_image. Throws Error{bad_data} when the traces differ otherwise.
TracedGraph join_batches(TracedGraph two, const TracedGraph& three);

}  // namespace mien::exporting
