// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace mien {

/// What went wrong, coarsely: decides the exit code and nothing else.
enum class ErrorCode {
  usage,        ///< a flag, key or combination of options that makes no sense
  not_found,    ///< a file or folder that should be there and is not
  bad_file,     ///< a file that cannot be decoded or parsed
  bad_data,     ///< data that contradict each other (labels, counts, shapes)
  mismatch,     ///< weights, label spaces or checkpoints that do not fit together
  numeric,      ///< NaN or infinity where a number was needed
  io,           ///< the system refused: disk full, permission
  interrupted,  ///< the user asked to stop
};

/// The one exception type that the library throws. `what()` names the file and the place, what was expected and what
/// was found, in one line; `hint()` says what to do about it and may be empty.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}
  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace mien
