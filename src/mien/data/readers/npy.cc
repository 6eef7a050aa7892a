// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/npy.h"

#include <fmt/format.h>

#include <cstring>
#include <regex>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& reason) {
  throw Error(ErrorCode::bad_file, fmt::format("{}: {}", name, reason), "Expected a NumPy .npy file with numbers.");
}

/// NumPy's own limit (`max_header_size` of numpy.load). It also bounds the recursion of std::regex, which is a step a character.
constexpr std::size_t longest_header = 10'000;

struct Header {
  char kind = 0;  ///< i, u, f, b, U, S
  std::size_t item_bytes = 0;
  std::size_t count = 1;
  std::size_t data_at = 0;
};

std::size_t count_of(const std::string& shape, const std::string& name) {
  constexpr std::size_t limit = 1u << 28;
  std::size_t count = 1;
  for (const auto& part : split(shape, ',')) {
    if (trim(part).empty()) continue;
    const long long extent = parse_integer(trim(part), name);
    if (extent < 0 || static_cast<std::size_t>(extent) > limit) refuse(name, "the shape (" + shape + ") is out of range");
    count *= static_cast<std::size_t>(extent);
    if (count > limit) refuse(name, "the shape (" + shape + ") is out of range");
  }
  return count;
}

Header parse_header(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  if (bytes.size() < 12 || std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0)
    refuse(name, "it does not begin with the .npy signature");
  const bool wide = bytes[6] >= 2;
  std::size_t length = bytes[8] | static_cast<std::size_t>(bytes[9]) << 8;
  if (wide) length |= static_cast<std::size_t>(bytes[10]) << 16 | static_cast<std::size_t>(bytes[11]) << 24;
  Header header;
  header.data_at = (wide ? 12u : 10u) + length;
  if (length > longest_header) refuse(name, fmt::format("the header has {} bytes, more than {}", length, longest_header));
  if (header.data_at > bytes.size()) refuse(name, "the header is cut off");
  const std::string text(bytes.begin() + (wide ? 12 : 10), bytes.begin() + static_cast<std::ptrdiff_t>(header.data_at));
  static const std::regex type_form(R"('descr'\s*:\s*'([<|=>])([iufbUS])(\d{1,4})')"), shape_form(R"('shape'\s*:\s*\(([^)]*)\))");
  std::smatch type, shape;
  if (!std::regex_search(text, type, type_form) || !std::regex_search(text, shape, shape_form))
    refuse(name, "the type is not a number or text: " + trim(text));
  header.kind = type[2].str()[0];
  header.item_bytes = std::stoul(type[3]) * (header.kind == 'U' ? 4 : 1);
  if (type[1] == ">" && header.item_bytes > 1) refuse(name, "big-endian data are not read");
  header.count = count_of(shape[1], name);
  return header;
}

template <typename T>
double as_number(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

double text_number(const std::uint8_t* at, const Header& header, const std::string& name) {
  const std::size_t step = header.kind == 'U' ? 4 : 1;
  std::string text;
  for (std::size_t i = 0; i < header.item_bytes && at[i] != 0; i += step) text += static_cast<char>(at[i]);
  return parse_real(trim(text), name);
}

double element(const std::uint8_t* at, const Header& header, const std::string& name) {
  switch (header.kind) {
    case 'U':
    case 'S': return text_number(at, header, name);
    case 'b': return *at;
    case 'f':
      if (header.item_bytes == 8) return as_number<double>(at);
      if (header.item_bytes == 4) return as_number<float>(at);
      break;
    case 'u':
      if (header.item_bytes == 8) return as_number<std::uint64_t>(at);
      if (header.item_bytes == 4) return as_number<std::uint32_t>(at);
      if (header.item_bytes == 2) return as_number<std::uint16_t>(at);
      if (header.item_bytes == 1) return *at;
      break;
    default:
      if (header.item_bytes == 8) return as_number<std::int64_t>(at);
      if (header.item_bytes == 4) return as_number<std::int32_t>(at);
      if (header.item_bytes == 2) return as_number<std::int16_t>(at);
      if (header.item_bytes == 1) return as_number<std::int8_t>(at);
  }
  refuse(name, fmt::format("numbers of kind '{}' with {} bytes are not read", header.kind, header.item_bytes));
}

}  // namespace

std::vector<double> parse_npy(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  const Header header = parse_header(bytes, name);
  if (header.item_bytes == 0) refuse(name, "the items are empty");
  if ((bytes.size() - header.data_at) / header.item_bytes < header.count)
    refuse(name, fmt::format("expected {} items of {} bytes, found {} bytes", header.count, header.item_bytes,
                             bytes.size() - header.data_at));
  std::vector<double> values;
  values.reserve(header.count);
  for (std::size_t i = 0; i < header.count; ++i)
    values.push_back(element(bytes.data() + header.data_at + i * header.item_bytes, header, name));
  return values;
}

}  // namespace mien
