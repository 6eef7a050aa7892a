// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "mien/results/number_text.h"
#include "mien/results/report_page.h"
#include "mien/base/text.h"
#include "mien/data/dataset.h"

namespace mien::report {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kListedEpisodes = 40, kShownUnits = 6;
constexpr double kActiveUnit = 0.5;

/// The bins of a timeline side by side over the whole video, empty ones included.
struct Grid {
  double bin_s = 1;
  std::vector<double> times;             ///< middle of each bin
  std::vector<const TimelineBin*> bins;  ///< null = nobody seen
};

Grid grid_of(Timeline& timeline, const PersonView& view) {
  const SourceTotals& video = *view.video;
  const double spacing_s = video.frames > 1 ? (video.last_s - video.first_s) / static_cast<double>(video.frames - 1) : 0;
  // A little wider than the distance of frames, so that every bin of a steady video holds one.
  timeline.coarsen(std::max(1.25 * spacing_s, (video.last_s - video.first_s) / static_cast<double>(view.most_bins)),
                   view.most_bins);
  Grid grid;
  grid.bin_s = timeline.bin_s();
  const auto first = static_cast<std::int64_t>(std::floor(video.first_s / grid.bin_s)),
             last = static_cast<std::int64_t>(std::floor(video.last_s / grid.bin_s));
  for (std::int64_t i = first; i <= last; ++i) {
    const auto found = timeline.bins().find(i);
    grid.times.push_back(round_decimals((static_cast<double>(i) + 0.5) * grid.bin_s, 3));
    grid.bins.push_back(found == timeline.bins().end() ? nullptr : &found->second);
  }
  return grid;
}

template <typename Value>
std::vector<double> values_over(const Grid& grid, int decimals, Value value) {
  std::vector<double> values;
  for (const TimelineBin* bin : grid.bins) values.push_back(bin ? round_decimals(value(*bin), decimals) : kNone);
  return values;
}

Chart time_chart(const Grid& grid, const PersonView& view) {
  Chart chart;
  chart.x = grid.times;
  chart.x_is_time = true;
  chart.x_min = view.video->first_s;
  chart.x_max = std::max(view.video->last_s, view.video->first_s + grid.bin_s);
  chart.x_title = "time (min:s)";
  return chart;
}

std::string bin_text(double bin_s) { return bin_s < 1 ? fmt::format("{:.2g} s", bin_s) : fmt::format("{:g} s", bin_s); }

void add_expressions(HtmlPage& page, const AnalysisInfo& info, const Grid& grid, const PersonView& view) {
  Chart chart = time_chart(grid, view);
  chart.y_title = "mean probability";
  chart.y_min = 0;
  chart.y_max = 1;
  chart.stacked = true;
  chart.shape = "tall";
  std::vector<int> order;
  if (view.neutral >= 0) order.push_back(view.neutral);
  for (int c = 0; c < static_cast<int>(info.class_names.size()); ++c)
    if (c != view.neutral) order.push_back(c);
  for (const int c : order) {
    const auto i = static_cast<std::size_t>(c);
    chart.series.push_back({info.class_names[i],
                            values_over(grid, 3,
                                        [&](const TimelineBin& bin) {
                                          return i < bin.probability_sums.size()
                                                     ? bin.probability_sums[i] / static_cast<double>(bin.faces)
                                                     : kNone;
                                        }),
                            "area", class_color(info, c)});
  }
  for (const TimelineBin* bin : grid.bins) chart.band.push_back(bin ? class_color(info, bin->label()) : 0);
  page.html(
      fmt::format("<h3>Expressions over time</h3>\n<p class=\"note\">Means over {}; the band on top has the most frequent label. "
                  "Gaps: not seen.</p>\n",
                  bin_text(grid.bin_s)));
  page.chart(chart);
}

/// Mean valence and arousal of each bin, in the colour of its most frequent label.
void add_affect(HtmlPage& page, const AnalysisInfo& info, const Grid& grid) {
  Chart chart;
  chart.shape = "square";
  chart.x_title = "valence (unpleasant to pleasant)";
  chart.y_title = "arousal (calm to excited)";
  chart.x_min = chart.y_min = -1;
  chart.x_max = chart.y_max = 1;
  for (int label = -1; label < static_cast<int>(info.class_names.size()); ++label) {
    ChartSeries series;
    series.name = label < 0 ? "no label" : info.class_names[static_cast<std::size_t>(label)];
    series.kind = "points";
    series.color = label < 0 ? 8 : class_color(info, label);
    for (const TimelineBin* bin : grid.bins) {
      if (!bin || bin->with_affect == 0 || bin->label() != label) continue;
      series.x.push_back(round_decimals(bin->valence_sum / static_cast<double>(bin->with_affect), 3));
      series.values.push_back(round_decimals(bin->arousal_sum / static_cast<double>(bin->with_affect), 3));
    }
    if (!series.x.empty()) chart.series.push_back(std::move(series));
  }
  if (chart.series.empty()) return;
  page.html("<div style=\"flex:1 1 340px\"><h3>Valence and arousal</h3>\n");
  page.chart(chart);
  page.html("</div>\n");
}

void add_shares(HtmlPage& page, const AnalysisInfo& info, const PersonDetail& detail) {
  const FaceTotals& totals = detail.person.totals;
  page.html(
      "<div style=\"flex:0 1 auto\"><h3>Shares</h3>\n<div "
      "class=\"scroll\"><table>\n<thead><tr><th>expression</th><th></th><th>share</th><th>faces</th>"
      "<th>mean probability</th><th>episodes</th></tr></thead>\n");
  std::vector<std::int64_t> episodes(info.class_names.size());
  for (const auto& shown : detail.episodes.episodes()) ++episodes[static_cast<std::size_t>(shown.episode.label)];
  for (std::size_t c = 0; c < info.class_names.size() && c < totals.labels.size(); ++c) {
    const int label = static_cast<int>(c);
    page.html(fmt::format(
        "<tr><td>{}</td><td class=\"text\"><span class=\"meter\"><span "
        "style=\"width:{:.1f}%;background:var(--c{})\"></span></span></td>"
        "<td>{}</td><td>{}</td><td>{:.3f}</td><td>{}</td></tr>\n",
        class_html(info, label),
        totals.labelled > 0 ? 100.0 * static_cast<double>(totals.labels[c]) / static_cast<double>(totals.labelled) : 0.0,
        class_color(info, label), percent_text(totals.labels[c], totals.labelled), with_commas(totals.labels[c]),
        totals.probability_sums[c] / static_cast<double>(std::max<std::int64_t>(1, totals.faces)), episodes[c]));
  }
  page.html("</table></div></div>\n");
}

void add_action_units(HtmlPage& page, const Grid& grid, const PersonView& view) {
  struct Unit {
    std::size_t position;
    double largest;
  };
  const auto mean = [](const TimelineBin& bin, std::size_t i) {
    return i < bin.unit_counts.size() && bin.unit_counts[i] > 0 ? bin.unit_sums[i] / static_cast<double>(bin.unit_counts[i])
                                                                : kNone;
  };
  std::vector<Unit> units;
  bool known = false;
  for (std::size_t i = 0; i < action_unit_names().size(); ++i) {
    double largest = 0;
    for (const TimelineBin* bin : grid.bins) {
      if (!bin || std::isnan(mean(*bin, i))) continue;
      known = true;
      largest = std::max(largest, mean(*bin, i));
    }
    if (largest >= kActiveUnit) units.push_back({i, largest});
  }
  if (!known) return;
  page.html("<h3>Action units</h3>\n");
  if (units.empty()) {
    page.html("<p class=\"note\">None reached a mean intensity of 0.5.</p>\n");
    return;
  }
  std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) { return a.largest > b.largest; });
  units.resize(std::min(units.size(), kShownUnits));
  std::sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) { return a.position < b.position; });
  Chart chart = time_chart(grid, view);
  chart.y_title = "intensity (0 to 5)";
  chart.y_min = 0;
  for (const auto& unit : units)
    chart.series.push_back({action_unit_names()[unit.position],
                            values_over(grid, 2, [&](const TimelineBin& bin) { return mean(bin, unit.position); })});
  page.html(fmt::format("<p class=\"note\">Means over {}; the {} most active.</p>\n", bin_text(grid.bin_s), units.size()));
  page.chart(chart);
}

void add_episodes(HtmlPage& page, const AnalysisInfo& info, const PersonDetail& detail) {
  const auto& all = detail.episodes.episodes();
  page.html("<h3>Episodes</h3>\n");
  if (all.empty()) {
    page.html("<p class=\"note\">No expression but neutral lasted long enough.</p>\n");
    return;
  }
  std::vector<const Episode*> listed;
  for (const auto& shown : all) listed.push_back(&shown.episode);
  std::stable_sort(listed.begin(), listed.end(), [](const Episode* a, const Episode* b) { return a->peak > b->peak; });
  listed.resize(std::min(listed.size(), kListedEpisodes));
  std::sort(listed.begin(), listed.end(), [](const Episode* a, const Episode* b) { return a->onset_s < b->onset_s; });
  const auto count = static_cast<std::size_t>(detail.episodes.count());
  page.html(fmt::format(
      "<details{}><summary>{}</summary>\n<div "
      "class=\"scroll\"><table>\n<thead><tr><th>expression</th><th>onset</th><th>apex</th><th>offset</th>"
      "<th>duration</th><th>peak</th></tr></thead>\n",
      listed.size() <= 12 ? " open" : "",
      listed.size() == count
          ? fmt::format("{} episodes", count)
          : fmt::format("The {} strongest of {} episodes", listed.size(), with_commas(static_cast<long long>(count)))));
  for (const Episode* e : listed)
    page.html(fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.1f} s</td><td>{:.0f} %</td></tr>\n",
                          class_html(info, e->label), clock_text(e->onset_s, 1), clock_text(e->apex_s, 1),
                          clock_text(e->offset_s, 1), e->offset_s - e->onset_s, 100 * e->peak));
  page.html("</table></div></details>\n");
}

void add_pictures(HtmlPage& page, const AnalysisInfo& info, const PersonDetail& detail, const PersonView& view) {
  std::string tiles;
  if (!detail.portrait.jpeg.empty())
    tiles += figure_html(detail.portrait, "seen best\n" + clock_text(detail.portrait.address.time_s, 1));
  for (const ShownEpisode* shown : view.pictures)
    if (!shown->apex.jpeg.empty())
      tiles += figure_html(shown->apex, fmt::format("{} {:.0f} %\n{}", class_html(info, shown->episode.label),
                                                    100 * shown->episode.peak, clock_text(shown->episode.apex_s, 1)));
  if (!tiles.empty()) page.html("<div class=\"tiles\">\n" + tiles + "</div>\n");
}

}  // namespace

std::vector<ShownEpisode*> strongest_episodes(PersonDetail& detail, std::size_t most) {
  std::vector<ShownEpisode*> left, chosen;
  for (auto& shown : detail.episodes.episodes()) left.push_back(&shown);
  std::stable_sort(left.begin(), left.end(),
                   [](const ShownEpisode* a, const ShownEpisode* b) { return a->episode.peak > b->episode.peak; });
  while (chosen.size() < most && !left.empty()) {
    std::set<int> labels;
    std::vector<ShownEpisode*> later;
    for (ShownEpisode* shown : left)
      (chosen.size() < most && labels.insert(shown->episode.label).second ? chosen : later).push_back(shown);
    left = std::move(later);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const ShownEpisode* a, const ShownEpisode* b) { return a->episode.apex_s < b->episode.apex_s; });
  return chosen;
}

void add_person(HtmlPage& page, const AnalysisInfo& info, PersonDetail& detail, const PersonView& view) {
  const PersonTotals& person = detail.person;
  page.begin_section(
      view.title,
      fmt::format("Seen in {} of {} frames ({}), from {} to {}{}", with_commas(person.frames), with_commas(view.video->frames),
                  percent_text(person.frames, view.video->frames), clock_text(person.first_s, 1), clock_text(person.last_s, 1),
                  person.identity < 0 ? ". People are not numbered; episodes are those of the largest face." : "."));
  add_pictures(page, info, detail, view);
  const Grid grid = grid_of(detail.timeline, view);
  const bool labelled = person.totals.labelled > 0;
  if (labelled) {
    add_expressions(page, info, grid, view);
    page.html("<div class=\"beside\">\n");
    add_shares(page, info, detail);
    add_affect(page, info, grid);
    page.html("</div>\n");
  } else {
    add_affect(page, info, grid);
  }
  add_action_units(page, grid, view);
  if (labelled) add_episodes(page, info, detail);
  page.end_section();
}

}  // namespace mien::report
