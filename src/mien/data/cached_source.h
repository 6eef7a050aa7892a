// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "mien/data/dataset.h"

namespace mien {

/// The data set with loaded samples kept in memory, up to `max_bytes` of pixels; what does not fit is loaded each time.
/// Useful where an image is expensive (drawn faces, large photographs) and the set small. Thread-safe.
Dataset with_cache(const Dataset& dataset, std::int64_t max_bytes);

}  // namespace mien
