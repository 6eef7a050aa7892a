// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/data/dataset.h"

namespace mien {

/// Faces with 68 points: a CSV file with the columns image, identity (may be absent), x_0..x_67, y_0..y_67 in pixels of the image
/// (pixel centres at integers), or a folder that holds it as landmarks.csv; images beside it or in images/. Records have
/// landmarks, identity and a split (`third_of_identity`); there are no classes. Throws Error{not_found} for a missing table or
/// image, Error{bad_file} for missing columns, and Error{bad_data} that names file and line for what is no number and for images
/// listed twice.
Dataset read_landmark_list(const std::filesystem::path& path);

/// "train", "valid" or "test": a third of all people each, by a hash of the name (64-bit FNV-1a modulo 3), so that a person stays
/// on one side whatever the list holds.
const char* third_of_identity(const std::string& identity);

/// "procedural:COUNT" (drawn faces, their points filled in; the seed is 0) or the path of a landmark list.
Dataset open_landmark_data(const std::string& spec);

/// Image and reference points of a record. Throws Error{bad_data} when the record has no 68 points.
Sample load_landmark_face(const Dataset& dataset, std::int64_t index);

}  // namespace mien
