// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/reproduce/study.h"

namespace mien {

/// Table I of Bonnard et al. 2022 (report 000, figure 1): what is attributed, and over which channels.
Study pal_attribution_study();
/// Table II: the number of constrained channels C1.
Study pal_channels_study();
/// What the gradient and the landmarks are worth: controls that the paper does not have.
Study pal_controls_study();

}  // namespace mien
