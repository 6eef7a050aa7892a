// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// One row an image: image,true,predicted,confidence,p_<class>...,logit_<class>...,temperature. Probabilities have six
/// digits, for people; logits and temperature have all digits, so that reading the file gives the same predictions.
/// Throws Error{bad_data} unless there is one unique name a class.
void write_predictions_csv(const Predictions& predictions, const std::vector<std::string>& class_names,
                           const std::filesystem::path& csv);

/// Reads such a file; `class_names` becomes the names in the header. A file with p_ columns only (another tool's) has the
/// logarithms of the probabilities as logits. Throws Error{bad_file} for missing columns and unknown class names.
Predictions read_predictions_csv(const std::filesystem::path& csv, std::vector<std::string>& class_names);

/// Throws Error{bad_data} unless there are `classes` different names.
void check_class_names(const std::vector<std::string>& class_names, int classes);

}  // namespace mien
