// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/utf8.h"

namespace mien {
namespace {

constexpr int deepest = 200;

/// The value with `change` applied to every text and every key.
template <typename Json, typename Change>
Json with_texts(const Json& value, const Change& change) {
  if (value.is_string()) return change(value.template get_ref<const std::string&>());
  Json result = value.is_object() ? Json::object() : value.is_array() ? Json::array() : value;
  if (value.is_object())
    for (const auto& [key, item] : value.items()) result[change(key)] = with_texts(item, change);
  if (value.is_array())
    for (const auto& item : value) result.push_back(with_texts(item, change));
  return result;
}

template <typename Json>
std::string replaced(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

template <typename Json>
std::string written(const Json& value, int indent) {
  try {
    std::string text = value.dump(indent);
    if (!holds_escaped_bytes(text)) return text;
  } catch (const typename Json::type_error&) {  // some text is no UTF-8
  }
  return replaced(with_texts(value, escape_bytes), indent);
}

/// Levels of arrays and objects, whether or not the text is JSON.
int depth_of(std::string_view text) {
  int depth = 0, most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      most = std::max(most, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return most;
}

/// What was wrong, without the parser's own numbering.
std::string reason(const nlohmann::detail::parse_error& error) {
  const std::string text = to_utf8(error.what());
  const auto end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

template <typename Json>
Json parsed(std::string_view text, const std::string& where, const std::string& hint) {
  if (depth_of(text) > deepest)
    throw Error(ErrorCode::bad_file, fmt::format("{}: JSON nested deeper than {} levels", where, deepest), hint);
  try {
    Json value = Json::parse(text);
    // An escape can also be written as \uEF80: other programs keep their files in ASCII.
    const bool escaped = holds_escaped_bytes(text) || text.find("\\ue") != text.npos || text.find("\\uE") != text.npos;
    return escaped ? with_texts(value, unescape_bytes) : value;
  } catch (const typename Json::parse_error& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: not JSON: {}", where, reason(error)), hint);
  }
}

}  // namespace

std::string json_text(const nlohmann::json& value, int indent) { return written(value, indent); }
std::string json_text(const nlohmann::ordered_json& value, int indent) { return written(value, indent); }
std::string json_string(std::string_view text) { return written(nlohmann::json(text), -1); }

std::string shown_json_text(const nlohmann::json& value, int indent) { return replaced(value, indent); }
std::string shown_json_text(const nlohmann::ordered_json& value, int indent) { return replaced(value, indent); }

nlohmann::json parse_json(std::string_view text, const std::string& where, const std::string& hint) {
  return parsed<nlohmann::json>(text, where, hint);
}

nlohmann::ordered_json parse_ordered_json(std::string_view text, const std::string& where, const std::string& hint) {
  return parsed<nlohmann::ordered_json>(text, where, hint);
}

std::optional<nlohmann::json> try_parse_json(std::string_view text) {
  try {
    return parse_json(text, "");
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace mien
