// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/reproduce/study.h"

namespace mien {

const std::vector<Study>& studies();

/// Throws Error{usage} with the nearest name.
const Study& study_named(const std::string& name);
/// Throws Error{usage} with the scales of the study.
const StudyScale& scale_named(const Study& study, const std::string& name);

}  // namespace mien
