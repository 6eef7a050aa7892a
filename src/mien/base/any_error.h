// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include "mien/base/error.h"

namespace mien {

/// Whatever was thrown, as an Error: an Error as it is; out of memory, a library's exception (OpenCV, dlib, oneDNN, libtorch: all
/// derive from std::exception) and anything else as `fallback` with the first line of its text. Where many sources are worked on, one
/// source's exception of any type is that source's failure: catch (...) { const Error error = to_error(std::current_exception()); }.
/// An Error that says `interrupted` is nobody's failure: rethrow it.
Error to_error(const std::exception_ptr& thrown, ErrorCode fallback = ErrorCode::bad_file);

}  // namespace mien
