// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mien {

/// CRC-32C (Castagnoli, RFC 3720) of the bytes: "123456789" gives 0xE3069283.
std::uint32_t crc32c(std::string_view bytes);

/// The rotated and shifted form that TFRecord files store.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace mien
