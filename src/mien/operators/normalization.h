// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "mien/operators/operators.h"

namespace mien::operators {

// y = (x - mean) / sqrt(variance + epsilon) * scale + bias over the dims from `axis` on; inputs x, scale [x.dims from axis],
// bias (may be left out). What LayerNormalization of ONNX and LayerNorm of domain "mien" share.
void infer_layer_normalization(ShapeContext& ctx, std::int64_t axis);
void evaluate_layer_normalization(EvaluateContext& ctx, std::int64_t axis);

}  // namespace mien::operators
