// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace mien {

/// A regular file inside a tar archive.
struct TarMember {
  std::string name;
  std::int64_t offset = 0;  ///< first byte of the content in the archive
  std::int64_t size = 0;    ///< bytes
};

struct TarIndex {
  std::vector<TarMember> members;  ///< regular files in file order
  bool has_end_mark = false;       ///< false: the archive stops after a member, without the block of zeros
};

/// Lists the regular files of an uncompressed tar archive (ustar, GNU long names, pax path and size records) without reading
/// their content. Throws Error{not_found}, Error{io}, or Error{bad_file} naming archive and member for wrong checksums,
/// negative or overlong sizes, and members cut off by the end of the file.
TarIndex index_tar(const std::filesystem::path& file);

/// `size` bytes from `offset` of a file. Throws Error{not_found}, Error{io}, or Error{bad_file} when the file is shorter;
/// `what` names the part in messages.
std::vector<std::uint8_t> read_part(const std::filesystem::path& file, std::int64_t offset, std::int64_t size,
                                    const std::string& what);

/// Appends one regular file in ustar format: mode 0644, owner 0, time 0, so that equal content makes equal archives. Throws
/// Error{usage} for names over 100 bytes and for more than 8 GiB.
void append_tar_member(std::ostream& out, std::string_view name, const void* data, std::size_t size);
/// The two blocks of zeros that end an archive.
void append_tar_end(std::ostream& out);
/// Bytes that a member takes, header and padding included.
std::int64_t tar_bytes(std::size_t size);

}  // namespace mien
