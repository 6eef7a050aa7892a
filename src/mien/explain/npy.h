// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mien {

/// Writes little-endian float32 `values` of `shape` (row-major) as a NumPy file, format 1.0: numpy.load reads it as it is.
/// Throws Error{io}.
void write_npy(const std::filesystem::path& file, const std::vector<std::int64_t>& shape, const std::vector<float>& values);

}  // namespace mien
