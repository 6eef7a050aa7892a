// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/version.h"

#include <fmt/format.h>

#include "mien/cli/torch_facts.h"
#include "mien_commit.h"

namespace mien::cli {

std::string program_version() { return MIEN_VERSION; }

std::string program_commit() { return MIEN_COMMIT; }

std::string version_line() {
  const auto torch = torch_facts();
  return fmt::format("mien {} (commit {}, {})", program_version(), program_commit(),
                     torch ? "libtorch " + torch->version : "without libtorch");
}

}  // namespace mien::cli
