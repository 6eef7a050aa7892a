// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/csv.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/base/text_encoding.h"

namespace mien {

namespace {

/// libcsv fed one physical line at a time, so that every row knows the line on which it begins.
class Parser {
 public:
  Parser() {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });  // fields keep their blanks
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// Parses `text`; throws Error{bad_file} that names `file`.
  void parse(std::string_view text, const std::string& file) {
    while (!text.empty()) {
      ++line_;
      const std::string_view line = text.substr(0, line_length(text));
      if (!inside_row_) row_line_ = line_;
      if (csv_parse(&parser_, line.data(), line.size(), on_field, on_row, this) != line.size()) fail(file);
      const bool blank = line.find_first_not_of("\r\n") == std::string_view::npos;
      inside_row_ = !row_ended_ && (inside_row_ || !blank);
      row_ended_ = false;
      text.remove_prefix(line.size());
    }
    if (csv_fini(&parser_, on_field, on_row, this) != 0) fail(file);
  }

  std::vector<std::vector<std::string>> rows;
  std::vector<int> lines;

 private:
  static std::size_t line_length(std::string_view text) {
    const auto end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return text.size();
    return end + 1 + (text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n');
  }

  [[noreturn]] void fail(const std::string& file) {
    if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
    throw Error(ErrorCode::bad_file, fmt::format("{}:{}: a quoted field is not closed or followed by text", file, row_line_),
                "Quotes inside a field are doubled, and the field is quoted: \"say \"\"hi\"\"\".");
  }

  static void on_field(void* text, std::size_t size, void* self) {
    static_cast<Parser*>(self)->fields_.emplace_back(static_cast<const char*>(text), size);
  }

  static void on_row(int, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.row_ended_ = true;
    const bool blank = parser.fields_.size() == 1 && trim(parser.fields_[0]).empty();
    if (!blank) {
      parser.rows.push_back(std::move(parser.fields_));
      parser.lines.push_back(parser.row_line_);
    }
    parser.fields_.clear();
  }

  csv_parser parser_;
  std::vector<std::string> fields_;
  int line_ = 0, row_line_ = 1;
  bool inside_row_ = false, row_ended_ = false;
};

}  // namespace

int CsvTable::column(const std::string& name, bool required) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<int>(found - header.begin());
  if (!required) return -1;
  const bool other_separator = header.size() == 1 && header[0].find_first_of(";\t") != std::string::npos;
  throw Error(ErrorCode::bad_file, fmt::format("{}: no column '{}', found: {}", file, name, join(header, ", ")),
              other_separator ? "Separate the columns by commas, not by semicolons or tabs." : "");
}

std::string CsvTable::where(std::size_t row) const { return fmt::format("{}:{}", file, lines.at(row)); }

CsvTable read_csv(const std::filesystem::path& file, bool has_header) {
  CsvTable table;
  table.file = file.string();
  const std::string text = plain_text(read_text(file), table.file);
  Parser parser;
  parser.parse(text, table.file);
  table.rows = std::move(parser.rows);
  table.lines = std::move(parser.lines);
  if (!has_header) return table;
  if (table.rows.empty()) throw Error(ErrorCode::bad_file, table.file + ": expected a header line, found an empty file");
  for (const auto& name : table.rows.front()) table.header.push_back(trim(name));
  table.rows.erase(table.rows.begin());
  table.lines.erase(table.lines.begin());
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    if (table.rows[i].size() < table.header.size())
      throw Error(ErrorCode::bad_file, fmt::format("{}: expected {} fields as in the header, found {}", table.where(i),
                                                   table.header.size(), table.rows[i].size()));
  return table;
}

std::vector<std::string> csv_fields(std::string_view line, const std::string& where) {
  Parser parser;
  parser.parse(line, where);
  if (parser.rows.size() > 1) throw Error(ErrorCode::bad_file, where + ": expected one line of comma separated fields");
  return parser.rows.empty() ? std::vector<std::string>{} : std::move(parser.rows.front());
}

std::string csv_field(std::string_view text) {
  const bool outer_blank = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!outer_blank && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) out += (i ? "," : "") + csv_field(spreadsheet_cell(fields[i]));
  return out + '\n';
}

}  // namespace mien
