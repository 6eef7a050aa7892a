// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/base/text.h"
#include "mien/report/markdown.h"
#include "mien/reproduce/study_table.h"

namespace mien {
namespace {

using Cells = std::vector<std::string>;

bool any_row(const StudyTable& table, const auto& is) { return std::any_of(table.rows.begin(), table.rows.end(), is); }
bool has_published(const StudyTable& table) {
  return any_row(table, [](const auto& row) { return row.published.has_value(); });
}
bool has_own_published(const StudyTable& table) {
  return any_row(table, [&](const auto& row) { return row.published && row.published->data == table.heading.data_format; });
}

std::string spread(const std::optional<Summary>& s, std::size_t n) {
  if (!s) return "";
  return n > 1 ? fmt::format("{:.2f} ± {:.2f}", 100 * s->mean, 100 * s->sd) : fmt::format("{:.2f}", 100 * s->mean);
}

std::string range(const std::optional<Interval>& interval, const char* sign) {
  if (!interval) return "";
  return sign[0] ? fmt::format("[{:+.2f}, {:+.2f}]", 100 * interval->low, 100 * interval->high)
                 : fmt::format("[{:.2f}, {:.2f}]", 100 * interval->low, 100 * interval->high);
}

std::string published_text(const PublishedAccuracy& p) {
  if (p.min && p.max) return fmt::format("{:.2f} / {:.2f} / {:.2f}", *p.min, p.mean, *p.max);
  return p.sd ? fmt::format("{:.2f} ± {:.2f}", p.mean, *p.sd) : fmt::format("{:.2f}", p.mean);
}

std::string points(const std::optional<double>& value) { return value ? fmt::format("{:+.2f}", *value) : ""; }

std::string seeds_text(const StudyTable& table, const StudyTableRow& row) {
  const auto failed =
      std::count_if(row.runs.begin(), row.runs.end(), [](const SeedRun& r) { return r.record.state == RunState::failed; });
  const std::string of = fmt::format("{}/{}", row.scored.size(),
                                     std::max<std::size_t>(row.runs.size(), static_cast<std::size_t>(table.heading.seeds)));
  return failed > 0 ? fmt::format("{}, {} failed", of, failed) : of;
}

Cells header_cells(const StudyTable& table) {
  Cells cells{"row",         "seeds",      "test accuracy", "min / median / max", "95 %", "to baseline",
              "over images", "over seeds", "reading"};
  if (has_published(table)) {
    cells.emplace_back("published");
    cells.emplace_back("its gain");
  }
  if (has_own_published(table)) cells.emplace_back("ours - published");
  cells.emplace_back("validation");
  for (const auto& name : table.measurements) cells.push_back(name);
  cells.emplace_back("training");
  return cells;
}

void push_difference(const StudyTableRow& row, Cells& cells) {
  if (!row.to_baseline) {
    cells.insert(cells.end(), 4, "");
    return;
  }
  const BaselineDifference& d = *row.to_baseline;
  cells.push_back(points(100 * d.mean));
  cells.push_back(range(d.over_images.interval, "+"));
  cells.push_back(range(d.over_seeds, "+"));
  cells.push_back(to_text(d.reading));
}

Cells row_cells(const StudyTable& table, const StudyTableRow& row) {
  const std::size_t n = row.scored.size();
  Cells cells{
      row.title, seeds_text(table, row), spread(row.test, n),
      row.test ? fmt::format("{:.2f} / {:.2f} / {:.2f}", 100 * row.test->min, 100 * row.test->median, 100 * row.test->max) : "",
      range(row.interval, "")};
  push_difference(row, cells);
  if (has_published(table)) {
    cells.push_back(row.published ? published_text(*row.published) : "");
    cells.push_back(points(row.published_gain));
  }
  if (has_own_published(table)) cells.push_back(points(row.to_published));
  cells.push_back(spread(row.validation, n));
  for (const auto& name : table.measurements) {
    const Summary* s = measurement_of(row, name);
    cells.push_back(s == nullptr ? "" : n > 1 ? fmt::format("{:.4f} ± {:.4f}", s->mean, s->sd) : fmt::format("{:.4f}", s->mean));
  }
  cells.push_back(row.seconds ? human_duration(row.seconds->mean) : "");
  return cells;
}

}  // namespace

std::vector<Cells> readable_cells(const StudyTable& table) {
  std::vector<Cells> cells{header_cells(table)};
  for (const auto& row : table.rows) cells.push_back(row_cells(table, row));
  return cells;
}

std::string study_markdown(const StudyTable& table) {
  const StudyHeading& h = table.heading;
  std::string text = fmt::format("# {}\n\n{}. Scale {}, data {}, seeds a row: {}.\n\n", escape_markdown(h.title),
                                 escape_markdown(h.source), h.scale, escape_markdown(h.data_format), h.seeds);
  text += markdown_table(readable_cells(table));
  text += '\n';
  for (const auto& note : table.notes) text += fmt::format("- {}\n", escape_markdown(note));
  return text + fmt::format("\nMade by `{}`\n", h.command);
}

}  // namespace mien
