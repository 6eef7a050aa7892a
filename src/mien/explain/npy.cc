// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/npy.h"

#include <bit>
#include <string>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

void write_npy(const fs::path& file, const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  std::string text = "(";
  std::int64_t count = 1;
  for (const auto size : shape) {
    text += std::to_string(size) + ",";
    count *= size;
  }
  if (count != static_cast<std::int64_t>(values.size()))
    throw Error(ErrorCode::usage, file.string() + ": the shape " + text + ") does not fit the number of values");
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + text + "), }";
  constexpr std::size_t before_header = 10, alignment = 64;
  while ((before_header + header.size() + 1) % alignment != 0) header += ' ';
  header += '\n';
  std::string content("\x93NUMPY\x01\x00", 8);
  content += static_cast<char>(header.size() & 0xff);
  content += static_cast<char>(header.size() >> 8);
  content += header;
  content.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  write_atomically(file, content);
}

}  // namespace mien
