// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/json_text.h"
#include "mien/reproduce/study_table.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

std::string number(double value) { return fmt::format("{:.6f}", value); }

void push_summary(Cells& cells, const std::optional<Summary>& s) {
  if (!s) return void(cells.insert(cells.end(), 5, ""));
  for (const double value : {s->mean, s->sd, s->min, s->median, s->max}) cells.push_back(number(value));
}

void push_interval(Cells& cells, const std::optional<Interval>& interval) {
  cells.push_back(interval ? number(interval->low) : "");
  cells.push_back(interval ? number(interval->high) : "");
}

Cells csv_header(const StudyTable& table) {
  Cells cells{"row", "title", "seeds"};
  if (!table.heading.level_title.empty()) cells.insert(cells.end(), {"curve", "level"});
  for (const char* part : {"mean", "sd", "min", "median", "max", "low", "high"})
    cells.push_back(fmt::format("test_accuracy_{}", part));
  for (const char* name : {"to_baseline", "common_seeds", "test_images", "over_images_low", "over_images_high", "over_seeds_low",
                           "over_seeds_high", "reading", "published", "published_sd", "published_min", "published_max", "published_data", "published_source",
                           "published_gain", "to_published", "validation_accuracy", "validation_accuracy_sd", "training_s"})
    cells.emplace_back(name);
  for (const auto& name : table.measurements) {
    cells.push_back(name);
    cells.push_back(name + "_sd");
  }
  return cells;
}

void push_baseline(Cells& cells, const std::optional<BaselineDifference>& d) {
  if (!d) return void(cells.insert(cells.end(), 8, ""));
  cells.push_back(number(d->mean));
  cells.push_back(std::to_string(d->seeds));
  cells.push_back(std::to_string(d->over_images.n));
  push_interval(cells, d->over_images.interval);
  push_interval(cells, d->over_seeds);
  cells.push_back(to_text(d->reading));
}

void push_published(Cells& cells, const StudyTableRow& row) {
  const auto& p = row.published;
  cells.push_back(p ? fmt::format("{:.2f}", p->mean) : "");
  for (const auto& value : {p ? p->sd : std::nullopt, p ? p->min : std::nullopt, p ? p->max : std::nullopt})
    cells.push_back(value ? fmt::format("{:.2f}", *value) : "");
  cells.push_back(p ? p->data : "");
  cells.push_back(p ? p->source : "");
  cells.push_back(row.published_gain ? fmt::format("{:.2f}", *row.published_gain) : "");
  cells.push_back(row.to_published ? fmt::format("{:.2f}", *row.to_published) : "");
}

Cells csv_cells(const StudyTable& table, const StudyTableRow& row) {
  Cells cells{row.key, row.title, std::to_string(row.scored.size())};
  if (!table.heading.level_title.empty()) cells.insert(cells.end(), {row.curve, fmt::format("{:g}", row.level)});
  push_summary(cells, row.test);
  push_interval(cells, row.interval);
  push_baseline(cells, row.to_baseline);
  push_published(cells, row);
  cells.push_back(row.validation ? number(row.validation->mean) : "");
  cells.push_back(row.validation ? number(row.validation->sd) : "");
  cells.push_back(row.seconds ? fmt::format("{:.1f}", row.seconds->mean) : "");
  for (const auto& name : table.measurements) {
    const Summary* s = measurement_of(row, name);
    cells.push_back(s ? number(s->mean) : "");
    cells.push_back(s ? number(s->sd) : "");
  }
  return cells;
}

Json summary_json(const std::optional<Summary>& s) {
  if (!s) return nullptr;
  return {{"mean", s->mean}, {"sd", s->sd}, {"min", s->min}, {"median", s->median}, {"max", s->max}};
}

Json interval_json(const std::optional<Interval>& i) { return i ? Json{i->low, i->high} : Json(nullptr); }

Json run_json(const SeedRun& run) {
  const RunRecord& r = run.record;
  Json j{{"seed", run.seed}, {"state", to_text(r.state)}, {"folder", run.folder.string()}};
  if (!r.reason.empty()) j["reason"] = r.reason;
  if (r.state == RunState::scored) j["test_accuracy"] = r.accuracy;
  if (r.best_epoch > 0)
    j.update({{"best_epoch", r.best_epoch}, {"validation_accuracy", r.validation}, {"training_s", r.seconds}});
  for (const auto& [name, value] : r.measurements) j["measurements"][name] = value;
  return j;
}

Json row_json(const StudyTableRow& row) {
  Json j{{"row", row.key},
         {"title", row.title},
         {"test_accuracy", summary_json(row.test)},
         {"interval", interval_json(row.interval)},
         {"to_baseline", nullptr},
         {"published", nullptr},
         {"validation_accuracy", summary_json(row.validation)},
         {"training_s", summary_json(row.seconds)}};
  if (const auto& d = row.to_baseline)
    j["to_baseline"] = {{"difference", d->mean},
                        {"seeds", d->seeds},
                        {"images", d->over_images.n},
                        {"over_images", interval_json(d->over_images.interval)},
                        {"over_seeds", interval_json(d->over_seeds)},
                        {"reading", to_text(d->reading)}};
  if (const auto& p = row.published) {
    j["published"] = {
        {"percent", p->mean}, {"sd", p->sd ? Json(*p->sd) : Json(nullptr)}, {"data", p->data}, {"source", p->source}};
    if (p->min && p->max) j["published"].update({{"min", *p->min}, {"max", *p->max}});
    if (row.published_gain) j["published"]["gain"] = *row.published_gain;
    if (row.to_published) j["published"]["ours_minus_published"] = *row.to_published;
  }
  for (const auto& [name, summary] : row.measurements) j["measurements"][name] = summary_json(summary);
  j["runs"] = Json::array();
  for (const auto& run : row.runs) j["runs"].push_back(run_json(run));
  return j;
}

}  // namespace

std::string study_csv(const StudyTable& table) {
  std::string text = csv_line(csv_header(table));
  for (const auto& row : table.rows) text += csv_line(csv_cells(table, row));
  return text;
}

std::string study_runs_csv(const StudyTable& table) {
  Cells header{"row",        "seed",       "state",  "test_accuracy", "test_images", "validation_accuracy",
               "best_epoch", "training_s", "commit", "data_hash",     "reason"};
  header.insert(header.end(), table.measurements.begin(), table.measurements.end());
  std::string text = csv_line(header);
  for (const auto& row : table.rows)
    for (const auto& run : row.runs) {
      const RunRecord& r = run.record;
      const bool scored = r.state == RunState::scored, trained = scored || r.state == RunState::trained;
      Cells cells{row.key,
                  std::to_string(run.seed),
                  to_text(r.state),
                  scored ? number(r.accuracy) : "",
                  scored ? std::to_string(r.test.size()) : "",
                  trained ? number(r.validation) : "",
                  trained ? std::to_string(r.best_epoch) : "",
                  trained ? fmt::format("{:.1f}", r.seconds) : "",
                  r.commit,
                  r.data_hash,
                  r.reason};
      for (const auto& name : table.measurements) {
        const auto found =
            std::find_if(r.measurements.begin(), r.measurements.end(), [&](const auto& m) { return m.first == name; });
        cells.push_back(trained && found != r.measurements.end() ? number(found->second) : "");
      }
      text += csv_line(cells);
    }
  return text;
}

std::string study_json(const StudyTable& table) {
  const StudyHeading& h = table.heading;
  Json j{{"study", h.study},     {"title", h.title},           {"source", h.source},    {"scale", h.scale},
         {"data", h.data},       {"test_split", h.test_split}, {"seeds", h.seeds},      {"select", h.select},
         {"command", h.command}, {"failed", table.failed},     {"rows", Json::array()}, {"notes", table.notes}};
  for (const auto& row : table.rows) j["rows"].push_back(row_json(row));
  return json_text(j, 2) + "\n";
}

}  // namespace mien
