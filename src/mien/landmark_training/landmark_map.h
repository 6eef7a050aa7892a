// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mien {

/// Which of the usual 68 points has a counterpart among a table's own.
struct Counterpart {
  int of_68 = 0;
  int of_table = 0;
  bool exact = true;  ///< the same place of the face by definition; otherwise only about the same
};

/// A CSV file beside a table of hand-placed points: the columns "ibug68" and "match" ("exact" or "approx"), and one with the
/// table's number of the point. Throws Error{bad_file} for other columns and Error{bad_data} that names file and line for numbers
/// out of range, points named twice, and a map without the outer eye corners (36, 45) as exact counterparts, by which errors are
/// divided.
/// @param table_points  how many points the table has
std::vector<Counterpart> read_landmark_map(const std::filesystem::path& file, int table_points);

}  // namespace mien
