// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/base/options.h"

namespace mien {

/// The flag of each field, without dashes in front: `batch_size` is "batch-size". Where several sections use one name, the last
/// keeps the short flag and the others get their section in front ("data-seed"). A part's key "spec" is what the part is, so it
/// takes the part's name ([data] spec is "data").
std::vector<std::string> flag_names(const std::vector<OptionField>& fields);

}  // namespace mien
