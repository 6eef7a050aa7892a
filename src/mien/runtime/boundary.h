// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "mien/base/any_error.h"

namespace mien::runtime {

/// Runs `work` behind a public function: what it throws leaves as an Error that names the network (oneDNN has an exception of its
/// own, which programs outside the library cannot catch by name).
template <typename Work>
decltype(auto) guarded(const std::string& origin, Work&& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (...) {
    const Error error = to_error(std::current_exception());
    throw Error(error.code(), origin + ": " + error.what(), error.hint());
  }
}

/// What an object of the public interface holds. Throws Error{usage} when it was moved from.
template <typename State>
State& state_of(const std::unique_ptr<State>& state, const char* what) {
  if (!state) throw Error(ErrorCode::usage, std::string("the ") + what + " was moved from");
  return *state;
}

}  // namespace mien::runtime
