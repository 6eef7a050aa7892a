// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/methods/catalogue.h"
#include "mien/methods/method.h"

namespace mien {

/// A classifier trained on label distributions: L = distance to the targets + lambda * Omega (report 002). Targets come from a
/// frozen teacher, human votes or labels; Omega draws a sample's distribution to those of its neighbours in the space of Action
/// Units. Nothing of this is needed to answer. `measure` compares the answer with the data set's own distributions: "vote_kl"
/// (KL(votes || answer)), "vote_cosine", "vote_top1" (1 where the first class is one with most votes).
std::unique_ptr<Method> create_ldl(const MethodConfig& config, const TaskInfo& task);

}  // namespace mien
