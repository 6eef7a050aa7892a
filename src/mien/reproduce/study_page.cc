// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/report/html_page.h"
#include "mien/report/show.h"
#include "mien/reproduce/study_curves.h"
#include "mien/reproduce/study_files.h"

namespace mien {
namespace {

std::string html_row(const std::vector<std::string>& cells, const char* tag) {
  std::string text = "<tr>";
  for (const auto& cell : cells) text += fmt::format("<{}>{}</{}>", tag, escape_html(cell), tag);
  return text + "</tr>\n";
}

std::string html_table(const std::vector<std::vector<std::string>>& cells) {
  std::string text = "<div class=\"scroll\"><table>\n<thead>" + html_row(cells.front(), "th") + "</thead>\n";
  for (std::size_t r = 1; r < cells.size(); ++r) text += html_row(cells[r], "td");
  return text + "</table></div>\n";
}

std::vector<std::vector<std::string>> run_cells(const StudyTable& table) {
  std::vector<std::vector<std::string>> cells{{"row", "seed", "state", "test accuracy", "validation", "best epoch"}};
  for (const auto& row : table.rows)
    for (const auto& run : row.runs) {
      const RunRecord& r = run.record;
      const bool scored = r.state == RunState::scored;
      cells.push_back({row.key, std::to_string(run.seed), to_text(r.state), scored ? fmt::format("{:.2f}", 100 * r.accuracy) : "",
                       r.best_epoch > 0 ? fmt::format("{:.2f}", 100 * r.validation) : "",
                       r.best_epoch > 0 ? std::to_string(r.best_epoch) : ""});
    }
  return cells;
}

}  // namespace

std::string study_page(const StudyTable& table, const std::filesystem::path& png, const std::filesystem::path& curves_png) {
  const StudyHeading& h = table.heading;
  HtmlPage page(h.title, fmt::format("{}: published and measured", h.study));
  page.begin_section("Rows", "Accuracies in percent on the test part; differences in percent points.");
  page.html(html_table(readable_cells(table)));
  if (fs::exists(png))
    page.html(fmt::format("<p><img src=\"{}\" alt=\"test accuracy of every row and seed\" style=\"max-width:100%\"></p>\n",
                          data_url(read_bytes(png), "image/png")));
  page.end_section();
  if (fs::exists(curves_png)) {
    page.begin_section("Measured on unseen faces while training", "Mean over the seeds and their range.");
    page.html(fmt::format("<p><img src=\"{}\" alt=\"measurements of every row over the epochs\" style=\"max-width:100%\"></p>\n",
                          data_url(read_bytes(curves_png), "image/png")));
    page.end_section();
  }
  page.begin_section("How to read this");
  page.html("<ul>\n");
  for (const auto& note : table.notes) page.html(fmt::format("<li>{}</li>\n", escape_html(note)));
  page.html("</ul>\n");
  page.end_section();
  page.begin_section("Runs");
  page.html(html_table(run_cells(table)));
  page.end_section();
  page.begin_section("Origin");
  page.facts({{"publication", h.source},
              {"scale", h.scale + ": " + h.scale_summary},
              {"data", h.data},
              {"test split", h.test_split},
              {"command", h.command}});
  page.end_section();
  return page.finish();
}

namespace {

/// A picture that cannot be drawn is left out, with a note unless there is nothing to draw yet.
std::string draw(const fs::path& png, const std::function<void()>& draw_it) {
  return write_or_say(png, [&] {
    try {
      draw_it();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::not_found) throw Error(ErrorCode::not_found, fmt::format("{} ({})", error.what(), error.hint()));
      if (error.code() != ErrorCode::bad_data) throw;
    }
  });
}

}  // namespace

std::string write_study_files(const StudyTable& table, const std::filesystem::path& folder, const std::string& gnuplot) {
  fs::create_directories(folder);
  write_atomically(folder / "table.csv", study_csv(table));
  write_atomically(folder / "runs.csv", study_runs_csv(table));
  write_atomically(folder / "table.md", study_markdown(table));
  write_atomically(folder / "table.json", study_json(table));
  const auto curves = read_curves(table);
  if (!curves.empty()) write_atomically(folder / "curves.csv", curves_csv(curves));
  const fs::path plot = folder / "plot.png", curves_plot = folder / "curves.png", page = folder / "report.html";
  std::vector<std::string> notes{draw(plot, [&] { plot_study(table, plot, gnuplot); })};
  // A line a row and level would be too many to tell apart; curves.csv has them.
  if (table.heading.level_title.empty())
    notes.push_back(draw(curves_plot, [&] { plot_curves(curves, table.heading.study + ": measured on unseen faces", curves_plot, gnuplot); }));
  notes.push_back(write_or_say(page, [&] { write_atomically(page, study_page(table, plot, curves_plot)); }));
  return joined_notes(notes);
}

}  // namespace mien
