// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/any_error.h"

#include <new>
#include <string>

namespace mien {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Error to_error(const std::exception_ptr& thrown, ErrorCode fallback) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::io, "out of memory", "Use smaller images or batches, or fewer threads."};
  } catch (const std::exception& error) {
    return {fallback, first_line(error.what())};
  } catch (...) {
    return {fallback, "an exception of unknown type"};
  }
}

}  // namespace mien
