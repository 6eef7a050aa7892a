// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mien::cli {

/// Writes to stdout at once, so that a full disk or a reader that has gone is noticed where it happens. Throws Error{io}, or BrokenPipe
/// when nobody reads any more.
void write_output(std::string_view text);

/// From now on a reader that has gone makes writing fail instead of ending the process by SIGPIPE.
void survive_closed_pipes();

}  // namespace mien::cli
