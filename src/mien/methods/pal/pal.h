// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "mien/methods/catalogue.h"
#include "mien/methods/method.h"

namespace mien {

/// A classifier whose attribution is drawn to the facial landmarks: L = cross entropy + lambda * PAL (report 000). Needs images
/// with 68 landmarks for training; samples without have no part in the second term, and none is needed to answer. `measure`
/// gives "prior_correlation" (of the constrained channels), "prior_correlation_others" (of them, with the next image's prior:
/// what aligned faces share) and "prior_correlation_free" (of the mean of the free channels), `inner_maps` the prior and these
/// attributions.
std::unique_ptr<Method> create_pal(const MethodConfig& config, const TaskInfo& task);

}  // namespace mien
