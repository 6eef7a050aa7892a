// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/methods/catalogue.h"
#include "mien/methods/method.h"

namespace mien {

/// One backbone trained with cross entropy on labels or label distributions: the baseline that every other method is
/// compared with. Optional valence/arousal head (linear on the features, tanh), mixup, head-first training.
std::unique_ptr<Method> create_classifier(const MethodConfig& config, const TaskInfo& task);

}  // namespace mien
