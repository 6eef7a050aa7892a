// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mien {

/// The text of a file as programs write it: a UTF-8 byte order mark is dropped, UTF-16 that begins with its mark (either order, as
/// Windows' editors and shells write) becomes UTF-8; all other bytes stay as they are. Throws Error{bad_file} that names `name` for
/// UTF-16 that is cut off or holds half a pair.
std::string plain_text(std::string bytes, const std::string& name);

}  // namespace mien
