// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/torch.h"

namespace mien {

/// What makes an attribution (report 000, equations of Grad and Grad*Input).
enum class AttributionKind {
  grad,        ///< |G|, G the gradient of the sum of all logits with respect to the layer's output
  grad_input,  ///< |G| times the layer's output
  activation   ///< the layer's output
};
/// Throws Error{usage} for another text than "grad", "grad_input", "activation".
AttributionKind attribution_kind(const std::string& text);

/// Attribution [N,C,h,w] of `logits` [N,K] to `inner` [N,C,h,w], the tensor that the layers after it consumed. Classes are
/// summed before the gradient is taken: softmax outputs would sum to 1, whose gradient is 0, so these must be logits. The
/// samples must not depend on each other (batch norm: stored statistics). With `differentiable` the result can be
/// differentiated again, with respect to the weights; the graph of the logits stays alive either way.
torch::Tensor attribution_map(AttributionKind kind, const torch::Tensor& logits, const torch::Tensor& inner, bool differentiable);

/// The number of channels that a share of `channels` means; one at least.
std::int64_t channels_of_share(std::int64_t channels, double share);

/// The first channels of an attribution by index, averaged to one map [N,1,h,w], or each by itself [N,C1,h,w].
torch::Tensor first_channels(const torch::Tensor& attribution, double share, bool average);
/// The channels that `first_channels` leaves, averaged [N,1,h,w]; undefined when it leaves none.
torch::Tensor other_channels(const torch::Tensor& attribution, double share);

}  // namespace mien
