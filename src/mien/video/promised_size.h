// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mien::libav {

/// How many bytes a file must have by its own first bytes: the Segment of a Matroska or WebM file (RFC 8794 and 9559), the RIFF
/// chunk of an AVI file. None where the beginning does not say (live recordings, other containers). FFmpeg reads such files to
/// wherever they end and reports no error.
std::optional<std::uint64_t> promised_size(const std::uint8_t* data, std::size_t size);

}  // namespace mien::libav
