// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "mien/data/dataset.h"
#include "mien/face_geometry/points.h"

namespace mien {

/// Which points of a table with a numbering of its own are compared with the 68.
enum class Counterparts : std::uint8_t {
  exact,  ///< those that mean the same place
  all     ///< those that mean about the same place, too
};

/// Faces with 68 points: a CSV file with the columns image, identity (may be absent), x_0..x_67, y_0..y_67 in pixels of the image
/// (pixel centres at integers), or a folder that holds it as landmarks.csv; images beside it or in images/. Records have
/// landmarks, identity and a split (`third_of_identity`); there are no classes. A table with any other number of points needs
/// a map beside it, landmark_map68.csv (landmark_map.h): records then have 68 landmarks of which those without a counterpart are
/// NaN. Throws Error{not_found} for a missing table or image, Error{bad_file} for missing columns or a missing map, and
/// Error{bad_data} that names file and line for what is no number and for images listed twice.
Dataset read_landmark_list(const std::filesystem::path& path, Counterparts counterparts = Counterparts::exact);

/// "train", "valid" or "test": a third of all people each, by a hash of the name (64-bit FNV-1a modulo 3), so that a person stays
/// on one side whatever the list holds.
const char* third_of_identity(const std::string& identity);

/// "procedural:COUNT" (drawn faces, their points filled in; the seed is 0) or the path of a landmark list.
Dataset open_landmark_data(const std::string& spec, Counterparts counterparts = Counterparts::exact);

/// Image and reference points of a record. Throws Error{bad_data} when the record has no 68 points.
Sample load_landmark_face(const Dataset& dataset, std::int64_t index);
/// The same where points may be unknown (NaN): such faces can be scored, not learnt from.
Sample load_scored_face(const Dataset& dataset, std::int64_t index);
/// The points that are known.
Points known_points(const Points& points);

}  // namespace mien
