// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>
#include <string>

#include "mien/base/any_error.h"

namespace mien {

/// Does the work on one source of many. Whatever it throws comes back as an Error whose text names the source: it is that source's failure,
/// and the others go on. Only Error{interrupted} passes: it is nobody's failure.
template <typename Work>
std::optional<Error> attempt(const std::string& source, const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (...) {
    const Error error = to_error(std::current_exception());
    if (error.code() == ErrorCode::interrupted) throw;
    const std::string text = error.what();
    return text.find(source) != std::string::npos ? error : Error(error.code(), source + ": " + text, error.hint());
  }
}

/// attempt() of one picture or sample of a run. Options and models that do not fit (Error{usage}, Error{mismatch}) are the run's failure
/// and pass: every other picture would meet them.
template <typename Work>
std::optional<Error> attempt_one_of_run(const std::string& source, const Work& work) {
  auto problem = attempt(source, work);
  if (problem && (problem->code() == ErrorCode::usage || problem->code() == ErrorCode::mismatch)) throw *std::move(problem);
  return problem;
}

}  // namespace mien
