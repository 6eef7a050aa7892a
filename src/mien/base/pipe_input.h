// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "mien/base/progress.h"

namespace mien {

/// What can be read once only, from its beginning to its end: named pipes (a shell's <(command) too), sockets, terminals and other
/// character devices.
bool is_pipe(const std::filesystem::path& path);

/// Everything that comes through a pipe, waiting for who writes it; devices and files too. Throws Error{interrupted} soon after `stop`
/// is requested, whether or not anybody writes; Error{not_found}, Error{io}, Error{bad_file} when more than `max_bytes` come.
std::vector<std::uint8_t> read_pipe(const std::filesystem::path& path, std::uint64_t max_bytes, const StopFlag& stop);

/// The same in parts, as they come.
void read_pipe(const std::filesystem::path& path, std::uint64_t max_bytes, const StopFlag& stop,
               const std::function<void(const std::uint8_t* data, std::size_t size)>& take);

}  // namespace mien
