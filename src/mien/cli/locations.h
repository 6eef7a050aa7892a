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

}  // namespace mien::cli
