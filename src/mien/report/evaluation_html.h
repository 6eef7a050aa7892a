// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/report/evaluation_report.h"

namespace mien {

/// The self-contained page of an evaluation.
std::string evaluation_html(const EvaluationResult& result);

/// What the numbers of this result do not say, one sentence each; depends on the sizes of its classes and its excluded
/// and failed images.
std::vector<std::string> limits_of(const EvaluationResult& result);

}  // namespace mien
