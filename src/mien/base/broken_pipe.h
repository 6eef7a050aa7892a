// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/base/error.h"

namespace mien {

/// Who read what we write has gone (`mien ... | head -1`): no reason to complain, but one to stop. A process that wants this instead of
/// being ended by SIGPIPE ignores that signal.
class BrokenPipe : public Error {
 public:
  explicit BrokenPipe(const std::string& name) : Error(ErrorCode::io, name + ": nobody reads it any more") {}
};

}  // namespace mien
