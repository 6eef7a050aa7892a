// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/report/assets.h"

namespace mien {
namespace {

using nlohmann::json;

json numbers(const std::vector<double>& values) {
  json result = json::array();
  for (const double value : values) result.push_back(std::isfinite(value) ? json(value) : json(nullptr));
  return result;
}

json optional_number(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json chart_json(const Chart& chart, const std::string& id) {
  json series = json::array();
  for (const auto& one : chart.series) {
    series.push_back({{"name", one.name}, {"values", numbers(one.values)}, {"kind", one.kind}, {"color", one.color}});
    if (!one.x.empty()) series.back()["x"] = numbers(one.x);
  }
  return {{"id", id},
          {"title", chart.title},
          {"x_title", chart.x_title},
          {"y_title", chart.y_title},
          {"labels", chart.labels},
          {"series", series},
          {"y_min", optional_number(chart.y_min)},
          {"y_max", optional_number(chart.y_max)},
          {"stacked", chart.stacked},
          {"touching", chart.touching},
          {"logarithmic", chart.logarithmic},
          {"x", numbers(chart.x)},
          {"x_min", optional_number(chart.x_min)},
          {"x_max", optional_number(chart.x_max)},
          {"x_is_time", chart.x_is_time},
          {"band", chart.band}};
}

/// JSON inside a script element: no text in it may close the element.
std::string script_json(const json& value) {
  std::string text;
  for (const char c : shown_json_text(value)) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

/// Characters of UTF-8 text.
std::size_t letters_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Escaped, with places where a long name may go on in the next line: after the signs that names of columns are made with.
std::string breakable(std::string_view name) {
  std::string html;
  for (const char c : name) {
    html += escape_html(std::string_view(&c, 1));
    if (c == '/' || c == '_') html += "<wbr>";
  }
  return html;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string data_url(const std::vector<std::uint8_t>& bytes, std::string_view mime) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = fmt::format("data:{};base64,", mime);
  text.reserve(text.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    text += digits[group >> 18 & 63];
    text += digits[group >> 12 & 63];
    text += left > 1 ? digits[group >> 6 & 63] : '=';
    text += left > 2 ? digits[group & 63] : '=';
  }
  return text;
}

void HtmlPage::begin_section(std::string_view title, std::string_view note) {
  body_ += fmt::format("<section>\n<h2>{}</h2>\n", escape_html(title));
  if (!note.empty()) body_ += fmt::format("<p class=\"note\">{}</p>\n", escape_html(note));
}

void HtmlPage::chart(const Chart& chart) {
  const std::string id = fmt::format("chart{}", ++chart_count_);
  body_ += fmt::format("<div class=\"chart{}\"><canvas id=\"{}\" role=\"img\" aria-label=\"{}\"></canvas></div>\n",
                       chart.shape.empty() ? "" : " " + chart.shape, id,
                       escape_html(chart.title.empty() ? chart.y_title : chart.title));
  charts_ += (charts_.empty() ? "" : ",\n") + script_json(chart_json(chart, id));
}

void HtmlPage::facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  body_ += "<table class=\"facts\">\n";
  for (const auto& [name, value] : facts)
    body_ += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(name), escape_html(value));
  body_ += "</table>\n";
}

std::string HtmlPage::finish() const {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n",
      escape_html(title_));
  page += assets::style;
  page += fmt::format("</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<p class=\"kind\">{}</p>\n", escape_html(title_),
                      escape_html(kind_));
  page += body_;
  page += "<footer>Written by mien. This page carries its data, style and scripts inside.</footer>\n</main>\n";
  page += fmt::format("<script type=\"application/json\" id=\"chart-data\">[{}]</script>\n", charts_);
  if (chart_count_ > 0) (page += "<script>\n").append(assets::chart_library) += "</script>\n";
  (page += "<script>\n").append(assets::script) += "</script>\n</body>\n</html>\n";
  return page;
}

std::string headline_card(std::string_view name, std::string_view value, std::string_view range) {
  // Letters of the largest size: as many as the narrowest card holds.
  const std::size_t letters = letters_of(value);
  const char* size = letters <= 7 ? "" : letters <= 13 ? " long" : " longer";
  return fmt::format(
      "<div class=\"card\"><div class=\"name\">{}</div><div class=\"value{}\">{}</div><div class=\"range\">{}</div></div>\n",
      breakable(name), size, escape_html(value), escape_html(range));
}

}  // namespace mien
