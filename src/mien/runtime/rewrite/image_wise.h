// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime {

/// True when a network computes each row of its outputs (entry of dim 0) from the same row of its inputs alone, and in the same way
/// however many rows there are: a batch may then be cut in parts that are computed apart. `network` is the simplified graph, `many`
/// and `few` are it specialised, not fused, for two numbers of rows. Looks at every node and says false where it does not know
/// better: true is certain, false is not.
bool works_image_by_image(const graph::Graph& network, const TypedGraph& many, const TypedGraph& few);

}  // namespace mien::runtime
