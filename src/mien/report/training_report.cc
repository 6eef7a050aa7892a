// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/training_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/report/html_page.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"

namespace mien {
namespace {

constexpr std::uintmax_t picture_budget_bytes = 24'000'000;

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : "-"; }

struct Best {
  std::size_t row;
  double value;
};

/// The best epoch of a validation column: the smallest loss, else the largest value.
std::optional<Best> best_of(const TrainingHistory& history, std::size_t column) {
  const std::string& name = history.columns[column];
  const bool small = name.find("loss") != std::string::npos || name.find("nll") != std::string::npos ||
                     name.find("ece") != std::string::npos || name.find("rmse") != std::string::npos ||
                     name.find("_kl") != std::string::npos;
  std::optional<Best> best;
  for (std::size_t r = 0; r < history.rows.size(); ++r) {
    const double value = history.rows[r][column];
    if (!std::isfinite(value)) continue;
    if (!best || (small ? value < best->value : value > best->value)) best = Best{r, value};
  }
  return best;
}

std::string epoch_text(const TrainingHistory& history, std::size_t row) {
  const auto found = std::find(history.columns.begin(), history.columns.end(), "epoch");
  if (found == history.columns.end()) return std::to_string(row + 1);
  return number(history.rows[row][found - history.columns.begin()]);
}

void add_headline(HtmlPage& page, const TrainingHistory& history) {
  page.html("<div class=\"cards\">\n");
  page.html(headline_card("Epochs", std::to_string(history.rows.size()), ""));
  int cards = 1;
  for (std::size_t c = 0; c < history.columns.size() && cards < 6; ++c) {
    const std::string& name = history.columns[c];
    if (name.rfind("valid/", 0) != 0) continue;
    const auto best = best_of(history, c);
    if (!best) continue;
    page.html(headline_card("Best " + name, fmt::format("{:.4g}", best->value), "epoch " + epoch_text(history, best->row)));
    ++cards;
  }
  page.html("</div>\n");
}

void add_curves(HtmlPage& page, const std::vector<CurvePanel>& panels) {
  if (panels.empty()) return;
  page.begin_section(
      "Curves",
      "One point an epoch. The best validation epoch was chosen on the validation set: measure on a test set before quoting it.");
  page.html("<div class=\"columns\">\n");
  for (const auto& panel : panels) {
    Chart chart;
    chart.title = panel.metric;
    chart.x_title = "epoch";
    chart.logarithmic = panel.logarithmic;
    for (const double epoch : panel.epochs) chart.labels.push_back(number(epoch));
    for (const auto& curve : panel.curves) chart.series.push_back({curve.name.empty() ? panel.metric : curve.name, curve.values});
    page.html("<div>\n");
    page.chart(chart);
    page.html("</div>\n");
  }
  page.html("</div>\n");
  page.end_section();
}

std::string mime_of(const fs::path& file) {
  const std::string extension = to_lower(file.extension().string());
  if (extension == ".png") return "image/png";
  if (extension == ".jpg" || extension == ".jpeg") return "image/jpeg";
  return "";
}

/// Pictures in the run folder and one level below, except the curves, in order of their names.
std::vector<fs::path> pictures_of(const fs::path& run_folder) {
  std::vector<fs::path> pictures;
  std::error_code ignored;
  const auto collect = [&](const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, ignored))
      if (entry.is_regular_file(ignored) && !mime_of(entry.path()).empty() && entry.path().filename() != "curves.png")
        pictures.push_back(entry.path());
  };
  collect(run_folder);
  for (const auto& entry : fs::directory_iterator(run_folder))
    if (entry.is_directory(ignored)) collect(entry.path());
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

void add_pictures(HtmlPage& page, const fs::path& run_folder) {
  const auto pictures = pictures_of(run_folder);
  if (pictures.empty()) return;
  page.begin_section("Pictures");
  std::uintmax_t embedded = 0;
  for (const auto& picture : pictures) {
    const std::string name = picture.lexically_relative(run_folder).string();
    std::error_code ignored;
    embedded += fs::file_size(picture, ignored);
    if (embedded > picture_budget_bytes) {
      page.html(fmt::format("<p class=\"note\">{} and later pictures are in the run folder.</p>\n", escape_html(name)));
      break;
    }
    const std::string note = show_or_say(name, [&] {
      page.html(fmt::format("<h3>{}</h3>\n<img class=\"picture\" alt=\"{}\" src=\"{}\">\n", escape_html(name), escape_html(name),
                            data_url(read_bytes(picture), mime_of(picture))));
    });
    if (!note.empty()) page.html(fmt::format("<p class=\"note\">{}</p>\n", escape_html(note)));
  }
  page.end_section();
}

void add_configuration(HtmlPage& page, const fs::path& run_folder) {
  if (!fs::exists(run_folder / "config.toml")) return;
  page.begin_section("Configuration", "config.toml, with every default filled in.");
  page.html("<details><summary>Show</summary>\n<pre>" + escape_html(read_text(run_folder / "config.toml")) +
            "</pre>\n</details>\n");
  page.end_section();
}

void add_table(HtmlPage& page, const TrainingHistory& history) {
  page.begin_section("Every epoch", "The same as results.csv.");
  page.html("<details><summary>Show</summary>\n<div class=\"scroll\"><table>\n<thead><tr>");
  for (const auto& name : history.columns) page.html("<th>" + escape_html(name) + "</th>");
  page.html("</tr></thead>\n");
  for (const auto& row : history.rows) {
    page.html("<tr>");
    for (const double value : row) page.html("<td>" + number(value) + "</td>");
    page.html("</tr>\n");
  }
  page.html("</table></div>\n</details>\n");
  page.end_section();
}

}  // namespace

namespace {

std::string page_of(const fs::path& run_folder, const TrainingHistory& history, const std::vector<CurvePanel>& panels,
                    const std::vector<std::pair<std::string, std::string>>& facts) {
  const fs::path named = run_folder.has_filename() ? run_folder : run_folder.parent_path();
  HtmlPage page(named.filename().string(), "Training run");
  add_headline(page, history);
  if (!facts.empty()) {
    page.begin_section("Facts");
    page.facts(facts);
    page.end_section();
  }
  add_curves(page, panels);
  add_pictures(page, run_folder);
  add_configuration(page, run_folder);
  add_table(page, history);
  return page.finish();
}

std::string draw_curves(const std::vector<CurvePanel>& panels, const fs::path& png, const std::string& gnuplot) {
  if (panels.empty()) return "curves.png was left out: no epoch has a value yet";
  if (!plotting_available(gnuplot))
    return fmt::format("curves.png was left out: the program '{}' was not found (install gnuplot); report.html has the curves",
                       gnuplot);
  return write_or_say(png, [&] { plot_curves(panels, png, gnuplot); });
}

}  // namespace

std::string write_training_report(const std::filesystem::path& run_folder, const TrainingHistory& history,
                                  const std::vector<std::pair<std::string, std::string>>& facts, const std::string& gnuplot) {
  const auto panels = panels_of(history);
  const fs::path page = run_folder / "report.html";
  const std::string note = write_or_say(page, [&] { write_atomically(page, page_of(run_folder, history, panels, facts)); });
  return joined_notes({note, draw_curves(panels, run_folder / "curves.png", gnuplot)});
}

}  // namespace mien
