// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mien::cli {

/// Where files of a kind ("models", "recipes") may lie: below the present folder, and below share/mien beside the
/// program's own folder (an installation). Only folders that exist.
std::vector<std::filesystem::path> data_folders(const std::string& kind);

/// `name` when such a file exists, else `name` or `name` + extension in one of the data folders. Throws Error{not_found}
/// that names the nearest file found there.
std::filesystem::path find_installed(const std::string& kind, const std::string& name, const std::string& extension);

/// What make_landmark_model() takes, for a --landmarks flag: "" = the network that comes with mien where it is at hand, else dlib's
/// points; "dlib" = those; else a file.
std::string landmark_model_file(const std::string& given);

}  // namespace mien::cli
