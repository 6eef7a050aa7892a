// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mien {

/// The one way from a value to JSON text in the whole program (a test looks for others). Never throws on text: what is no UTF-8
/// (names of files and classes are bytes) is written by `escape_bytes` and comes back from `parse_json`. NaN and infinity become
/// null. `indent` -1 = one line.
std::string json_text(const nlohmann::json& value, int indent = -1);
std::string json_text(const nlohmann::ordered_json& value, int indent = -1);
/// One text in quotes.
std::string json_string(std::string_view text);

/// JSON that people look at or that other programs' formats define as UTF-8 (pages, the header of a safetensors file): U+FFFD for
/// each byte that is no text, nothing escaped, so that it cannot be turned back.
std::string shown_json_text(const nlohmann::json& value, int indent = -1);
std::string shown_json_text(const nlohmann::ordered_json& value, int indent = -1);

/// Reads what `json_text` wrote, bytes as they were. Throws Error{bad_file} that begins with `where` for anything that is no JSON
/// and for values nested deeper than 200 (other code walks them by recursion).
nlohmann::json parse_json(std::string_view text, const std::string& where, const std::string& hint = {});
nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where, const std::string& hint = {});
/// The same, for files that may be something else: nullopt where `parse_json` throws.
std::optional<nlohmann::json> try_parse_json(std::string_view text);

}  // namespace mien
