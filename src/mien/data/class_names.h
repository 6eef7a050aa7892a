// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace mien {

/// Why a text cannot be the name of a class, for messages; "" = it can. Names of classes become names of folders, columns and
/// keys, so
/// "." and "..", slashes, control characters and more than 200 bytes are refused. Bytes that are no UTF-8 are taken.
std::string class_name_problem(const std::string& name);

/// True for what programs write into a table where a label is missing: "nan", "NULL", "None", "NA", "N/A", "<NA>", "#N/A" (any
/// case).
bool means_missing(const std::string& label);

/// The class number that a label is, also as table programs write it once a column has gaps ("3.0"); nullopt for anything else.
std::optional<int> class_number(const std::string& label);
/// True for numbers that are no class number: "0.5", "-1", "1e9".
bool is_other_number(const std::string& label);

}  // namespace mien
