// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace mien {

/// How far the logits of two programs agree on the same images.
struct Agreement {
  std::int64_t images = 0;
  double max_difference = 0;  ///< largest |difference| of a logit
  double range = 0;           ///< largest minus smallest logit of the reference
  double top1 = 1;            ///< share of images with the same arg max
  /// max_difference / range; infinite when the reference is constant and the other differs, and where one has a NaN.
  double relative() const;
};

/// Logits [N,classes] of a reference and another program. Throws Error{mismatch} when the lengths differ or are no multiple of
/// `classes`.
Agreement agreement(std::span<const float> reference, std::span<const float> other, int classes);

}  // namespace mien
