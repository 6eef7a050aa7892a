// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "mien/results/report_page.h"
#include "mien/base/utf8.h"
#include "mien/data/label_space.h"

namespace mien::report {

std::string clock_text(double seconds, int decimals) {
  if (!std::isfinite(seconds)) return "-";
  // Rounded first, so that 59.96 does not become 0:60.0.
  const double power = std::pow(10.0, decimals);
  const auto units = static_cast<std::int64_t>(std::round(std::min(std::abs(seconds), 1e9) * power)),
             per_second = static_cast<std::int64_t>(power);
  const std::int64_t whole = units / per_second, hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  std::string text = seconds < 0 && units > 0 ? "-" : "";
  text += hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, rest) : fmt::format("{}:{:02}", minutes, rest);
  return decimals > 0 ? text + fmt::format(".{:0{}}", units % per_second, decimals) : text;
}

std::string percent_text(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole)) : "-";
}

std::string short_name(const std::string& source, std::size_t most) {
  std::string name = std::filesystem::path(source).filename().string();
  name = to_utf8(name.empty() ? source : name);
  if (name.size() <= most) return name;
  const std::size_t head = most / 2, tail = most - head - 3;
  return to_utf8(name.substr(0, head) + "..." + name.substr(name.size() - tail));
}

int class_color(const AnalysisInfo& info, int label) {
  static const std::pair<const char*, int> known[] = {{"neutral", 8}, {"happiness", 2}, {"surprise", 6}, {"sadness", 1},
                                                      {"anger", 9},   {"disgust", 3},   {"fear", 5},     {"contempt", 7}};
  static constexpr int others[] = {4, 10, 11, 12, 1, 2, 3, 5, 6, 7, 9, 8};  // first those that no known class has
  std::size_t other = 0;
  for (int i = 0; i <= label && i < static_cast<int>(info.class_names.size()); ++i) {
    const std::string name = canonical_expression(info.class_names[static_cast<std::size_t>(i)]);
    const auto found = std::find_if(std::begin(known), std::end(known), [&](const auto& one) { return name == one.first; });
    if (i == label) return found == std::end(known) ? others[other % std::size(others)] : found->second;
    if (found == std::end(known)) ++other;
  }
  return 0;
}

std::string class_html(const AnalysisInfo& info, int label) {
  if (label < 0 || label >= static_cast<int>(info.class_names.size())) return "-";
  return fmt::format("<span class=\"swatch\" style=\"background:var(--c{})\"></span>{}", class_color(info, label),
                     escape_html(to_utf8(info.class_names[static_cast<std::size_t>(label)])));
}

std::string figure_html(const KeyPicture& picture, const std::string& caption) {
  return fmt::format("<figure><img alt=\"\" loading=\"lazy\" src=\"{}\"><figcaption>{}</figcaption></figure>\n",
                     data_url(picture.jpeg, "image/jpeg"), caption);
}

void add_contact_sheet(HtmlPage& page, const ReportData& data) {
  if (data.sheet.empty()) return;
  const AnalysisInfo& info = data.info();
  const bool shown_all = data.in_pictures.faces == static_cast<std::int64_t>(data.sheet.size());
  page.begin_section("Faces in pictures", shown_all ? "Percentages are the probability of the label; (?) marks an uncertain one."
                                                    : fmt::format("The {} clearest of {} faces, by label. Percentages are the "
                                                                  "probability of the label; (?) marks an uncertain one.",
                                                                  data.sheet.size(), data.in_pictures.faces));
  const bool with_pictures =
      std::any_of(data.sheet.begin(), data.sheet.end(), [](const SheetFace& face) { return !face.picture.jpeg.empty(); });
  page.html(with_pictures ? "<div class=\"tiles\">\n"
                          : "<div class=\"scroll\"><table>\n<thead><tr><th>picture</th><th "
                            "class=\"text\">expression</th><th>probability</th></tr></thead>\n");
  for (const auto& face : data.sheet) {
    const std::string name = escape_html(short_name(face.picture.address.source));
    const std::string share =
        face.label < 0 ? "" : fmt::format(" {:.0f}\u00A0%{}", 100 * face.confidence, face.uncertain ? "\u00A0(?)" : "");
    if (!with_pictures)
      page.html(
          fmt::format("<tr><td>{}</td><td class=\"text\">{}</td><td>{}</td></tr>\n", name, class_html(info, face.label), share));
    else if (!face.picture.jpeg.empty())
      page.html(figure_html(face.picture, (face.label < 0 ? "" : class_html(info, face.label) + share + "\n") + name));
  }
  page.html(with_pictures ? "</div>\n" : "</table></div>\n");
  page.end_section();
}

void add_limits(HtmlPage& page, const ReportData& data) {
  page.begin_section("How to read this report");
  page.html("<ul>\n");
  const auto item = [&](const std::string& text) { page.html("<li>" + escape_html(text) + "</li>\n"); };
  item(
      "A label says which expression a face looks like to the model. It does not say what the person feels or intends: people "
      "smile without joy, and feel without showing it.");
  item(
      "Probabilities are calibrated on the model's own data. Other cameras, light, ages, groups of people and poses can make "
      "them too sure; check a sample by eye before you rely on shares.");
  if (data.info().uncertain_below > 0)
    item(fmt::format("A label is uncertain when its probability is below {:.0f} %.", 100 * data.info().uncertain_below));
  if (data.info().has_identities && data.video_count > 0)
    item("Person numbers are guesses from looks and place, within one video. One person may have two numbers, and two one.");
  if (data.video_count > 0)
    item(
        "Timelines show means over short stretches of time; a brief expression may be weaker there than in the table of "
        "episodes.");
  item(
      "Faces and what is read from them are personal data, and numbered people may be biometric data. In the European Union, "
      "inferring emotions at work or in education is "
      "prohibited except for medical or safety reasons (AI Act, Art. 5(1)(f)), and people must elsewhere be told (Art. 50(3)).");
  page.html("</ul>\n");
  page.end_section();
}

}  // namespace mien::report
