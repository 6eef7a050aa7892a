// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mien::cli {

std::string program_version();  ///< e.g. "0.1.0"
std::string program_commit();   ///< short hash, with "-dirty" when files differed from it; "unknown" without git
/// "mien 0.1.0 (commit 1a2b3c4d5e6f, libtorch 1.13.1)"
std::string version_line();

}  // namespace mien::cli
