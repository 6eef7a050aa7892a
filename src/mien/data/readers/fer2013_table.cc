// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/fer2013_table.h"

#include <fmt/format.h>

#include <charconv>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

constexpr std::size_t pixel_count = fer2013_side_px * fer2013_side_px;

std::shared_ptr<const std::vector<std::uint8_t>> parse_pixels(const std::string& text, const std::string& where) {
  auto pixels = std::make_shared<std::vector<std::uint8_t>>();
  pixels->reserve(pixel_count);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    while (at != end && *at == ' ') ++at;
    if (at == end) break;
    std::uint8_t value = 0;
    const auto [next, failure] = std::from_chars(at, end, value);
    if (failure != std::errc() || (next != end && *next != ' '))
      throw Error(ErrorCode::bad_data, fmt::format("{}: pixel {}: expected a number in 0..255, found '{}'", where, pixels->size(),
                                                   std::string(at, std::min<std::ptrdiff_t>(end - at, 12))));
    pixels->push_back(value);
    at = next;
  }
  if (pixels->size() != pixel_count)
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected {} pixels, found {}", where, pixel_count, pixels->size()),
                "The file may be cut off; fer2013.csv has 35,887 rows.");
  return pixels;
}

}  // namespace

std::vector<Fer2013Row> read_fer2013_table(const std::filesystem::path& file) {
  CsvTable table = read_csv(file, true);
  const auto emotion = static_cast<std::size_t>(table.column("emotion"));
  const auto pixels = static_cast<std::size_t>(table.column("pixels"));
  const auto usage = static_cast<std::size_t>(table.column("Usage"));
  std::vector<Fer2013Row> rows;
  rows.reserve(table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    auto& fields = table.rows[i];
    const std::string where = table.where(i);
    rows.push_back({static_cast<int>(parse_integer(fields[emotion], where)), parse_pixels(fields[pixels], where),
                    trim(fields[usage]), where});
    std::vector<std::string>().swap(fields);  // the table is 300 MB of text; give each row back once it is read
  }
  if (rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", file.string()));
  return rows;
}

}  // namespace mien
