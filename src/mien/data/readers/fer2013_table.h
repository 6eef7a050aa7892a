// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mien {

/// One row of fer2013.csv.
struct Fer2013Row {
  int emotion = -1;
  std::shared_ptr<const std::vector<std::uint8_t>> pixels;  ///< 48x48 gray, row-major
  std::string usage;                                        ///< Training, PublicTest, PrivateTest
  std::string where;                                        ///< "file:line"
};
constexpr int fer2013_side_px = 48;

/// Columns emotion, pixels, Usage in any order. Throws Error{not_found}, Error{bad_file}, or Error{bad_data} with file and
/// line for a row without 2304 numbers in 0..255.
std::vector<Fer2013Row> read_fer2013_table(const std::filesystem::path& file);

}  // namespace mien
