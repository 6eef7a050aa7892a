// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/base/output_folder.h"
#include "mien/base/progress.h"

namespace mien::cli {

/// The folder that --output names, else a new one, `otherwise`, `otherwise`-2, ...; says when files of killed runs were removed
/// in it. Made before the work, so that hours of it do not end at a folder that cannot be written to.
OutputFolder open_output(const std::string& given, const std::filesystem::path& otherwise, Progress& progress);
OutputFolder open_output(const std::string& given, Progress& progress);

/// Removes what killed runs left of a file that is about to be written, and says so. Throws Error{io} when its folder cannot be
/// written to: before the work, and not after it.
void prepare_output_file(const std::filesystem::path& file, Progress& progress);

}  // namespace mien::cli
