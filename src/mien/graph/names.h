// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mien::graph {

/// A name from a file in single quotes, fit for a message: whatever is not printable ASCII becomes '?', long names are cut in the
/// middle.
std::string quote_name(std::string_view name);

}  // namespace mien::graph
