// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mien {

/// One entry of a zip archive. The bytes point into the archive given to `read_zip`.
struct ZipEntry {
  std::string name;
  const std::uint8_t* data = nullptr;
  std::uint64_t bytes = 0;
};

/// The entries of a zip archive in memory (PKWARE's APPNOTE 6.3, zip64 included) that stores them uncompressed, as PyTorch
/// writes it. Checksums are verified. Throws Error{bad_file} that names `origin` for compressed or encrypted entries, archives
/// of several parts, repeated names, entries that overlap, and anything that points outside the file.
std::vector<ZipEntry> read_zip(const std::uint8_t* data, std::size_t size, const std::string& origin);

}  // namespace mien
