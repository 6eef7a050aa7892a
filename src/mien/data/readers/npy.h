// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

/// The numbers of a NumPy .npy file (format 1 to 3) in storage order, whatever its shape: little-endian integers and floats
/// of 1 to 8 bytes, booleans, and texts ("<U1", "|S1") that hold numbers. A file is a few bytes here, hence the simple return.
/// Throws Error{bad_file} for other types, pickled objects and truncated data. `name` is used in messages.
std::vector<double> parse_npy(const std::vector<std::uint8_t>& bytes, const std::string& name);

}  // namespace mien
