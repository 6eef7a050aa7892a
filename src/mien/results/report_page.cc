// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/results/number_text.h"
#include "mien/base/utf8.h"
#include "mien/base/text.h"

namespace mien {
namespace {

using namespace report;

constexpr std::size_t kPictures = 24, kPoints = 3600;  ///< of all people together

std::string person_name(const ReportData& data, int identity) {
  return data.info().has_identities && identity >= 0 ? fmt::format("Person {}", identity + 1) : "Faces";
}

std::string title_of(const ReportData& data) {
  if (data.video_count == 1 && data.pictures == 0 && !data.videos.empty()) return short_name(data.videos[0].name, 60);
  const char* what = data.video_count == 0 ? "pictures" : data.pictures == 0 ? "videos" : "pictures and videos";
  return fmt::format("{} {}", with_commas(data.pictures + data.video_count), what);
}

void add_cards(HtmlPage& page, const ReportData& data) {
  const auto number = [](std::int64_t value) { return with_commas(value); };
  page.html("<div class=\"cards\">\n");
  if (data.video_count > 0)
    page.html(headline_card(data.video_count == 1 ? "Video" : "Videos", number(data.video_count),
                            fmt::format("{} long, {} frames", human_duration(data.video_s), number(data.video_frames))));
  if (data.pictures > 0)
    page.html(headline_card("Pictures", number(data.pictures), fmt::format("{} with faces", number(data.pictures_with_faces))));
  page.html(headline_card("Faces", number(data.all.faces), data.video_count > 0 ? "counted in every frame" : ""));
  if (data.info().has_identities && data.video_count > 0)
    page.html(headline_card("People", number(data.people_count), "numbered within a video"));
  if (data.all.label() >= 0) {
    const auto label = static_cast<std::size_t>(data.all.label());
    page.html(headline_card("Most frequent", to_utf8(data.info().class_names[label]),
                            percent_text(data.all.labels[label], data.all.labelled) + " of labels"));
    page.html(headline_card("Uncertain", percent_text(data.all.uncertain, data.all.labelled),
                            fmt::format("{} labels", number(data.all.uncertain))));
  }
  page.html(headline_card("Failed", number(data.failed), data.failed > 0 ? "listed below" : "everything could be read"));
  page.html("</div>\n");
}

std::vector<double> shares_of(const FaceTotals& totals) {
  std::vector<double> shares;
  for (const std::int64_t count : totals.labels)
    shares.push_back(
        round_decimals(100.0 * static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(1, totals.labelled)), 1));
  return shares;
}

void add_shares_chart(HtmlPage& page, const ReportData& data) {
  if (data.all.labelled == 0) return;
  Chart chart;
  chart.y_title = "percent of faces";
  chart.y_min = 0;
  chart.labels = data.info().class_names;
  const bool several = data.video_count > 1;
  for (const auto& detail : data.details) {
    if (detail.person.totals.labelled == 0 || chart.series.size() >= 7) continue;
    std::string name = person_name(data, detail.person.identity);
    if (several && detail.person.source < data.videos.size())
      name += ", " + short_name(data.videos[detail.person.source].name, 20);
    chart.series.push_back({name, shares_of(detail.person.totals), "bar"});
  }
  if (data.in_pictures.labelled > 0) chart.series.push_back({"pictures", shares_of(data.in_pictures), "bar"});
  page.begin_section("Expressions", chart.series.size() > 1 ? "Share of each label among the faces of a person."
                                                            : "Share of each label among all faces.");
  page.chart(chart);
  page.end_section();
}

void add_people(HtmlPage& page, const ReportData& data) {
  if (data.people.empty()) return;
  const AnalysisInfo& info = data.info();
  const bool several = data.video_count > 1;
  page.begin_section("People", data.people_count > static_cast<std::int64_t>(data.people.size())
                                   ? fmt::format("The first {} of {}.", data.people.size(), data.people_count)
                                   : "");
  page.html(fmt::format(
      "<div class=\"scroll\"><table>\n<thead><tr><th>person</th>{}<th>frames</th><th>of video</th><th>first seen</th><th>last "
      "seen</th>"
      "<th class=\"text\">most frequent</th><th>uncertain</th>{}<th>quality</th></tr></thead>\n",
      several ? "<th class=\"text\">video</th>" : "", info.has_valence_arousal ? "<th>valence</th><th>arousal</th>" : ""));
  for (const auto& person : data.people) {
    const FaceTotals& t = person.totals;
    const bool known = person.source < data.videos.size();
    const auto mean = [](double sum, std::int64_t count) {
      return count > 0 ? fmt::format("{:.2f}", sum / static_cast<double>(count)) : std::string("-");
    };
    page.html(fmt::format(
        "<tr><td>{}</td>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td><td>{}</td>{}<td>{}</td></tr>\n",
        person_name(data, person.identity),
        several ? fmt::format("<td class=\"text\">{}</td>", known ? escape_html(short_name(data.videos[person.source].name)) : "")
                : "",
        with_commas(person.frames), known ? percent_text(person.frames, data.videos[person.source].frames) : "-",
        clock_text(person.first_s, 1), clock_text(person.last_s, 1), class_html(info, t.label()),
        percent_text(t.uncertain, t.labelled),
        info.has_valence_arousal
            ? fmt::format("<td>{}</td><td>{}</td>", mean(t.valence_sum, t.with_affect), mean(t.arousal_sum, t.with_affect))
            : "",
        mean(t.quality_sum, t.with_quality)));
  }
  page.html("</table></div>\n");
  page.end_section();
}

void add_videos(HtmlPage& page, const ReportData& data) {
  if (data.videos.size() < 2) return;
  page.begin_section("Videos", data.video_count > static_cast<std::int64_t>(data.videos.size())
                                   ? fmt::format("The first {} of {}.", data.videos.size(), data.video_count)
                                   : "");
  page.html(
      "<div class=\"scroll\"><table>\n<thead><tr><th>video</th><th>frames</th><th>length</th><th>with "
      "faces</th><th>faces</th><th>people</th></tr></thead>\n");
  for (const auto& video : data.videos)
    page.html(fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                          escape_html(short_name(video.name, 48)), with_commas(video.frames),
                          clock_text(video.last_s - video.first_s, 0), percent_text(video.with_faces, video.frames),
                          with_commas(video.faces), data.info().has_identities ? with_commas(video.people) : "-"));
  page.html("</table></div>\n");
  page.end_section();
}

void add_failures(HtmlPage& page, const ReportData& data) {
  if (data.failures.empty()) return;
  const bool more = data.failed > static_cast<std::int64_t>(data.failures.size());
  page.begin_section("Failed", more ? fmt::format("The first {} of {}.", data.failures.size(), with_commas(data.failed)) : "");
  page.html("<table class=\"facts\">\n");
  for (const auto& [source, reason] : data.failures) {
    // Most reasons begin with the file's name.
    const std::string rest = reason.starts_with(source + ": ") ? reason.substr(source.size() + 2) : reason;
    page.html(fmt::format("<tr><td style=\"white-space:normal\">{}</td><td>{}</td></tr>\n", escape_html(to_utf8(source)),
                          escape_html(to_utf8(rest))));
  }
  page.html("</table>\n");
  page.end_section();
}

void add_facts(HtmlPage& page, const AnalysisInfo& info) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto fact = [&](const char* name, const std::string& value) {
    if (!value.empty()) facts.emplace_back(name, to_utf8(value));
  };
  fact("expression model", info.model);
  fact("classes", info.class_names.empty() ? ""
                                           : fmt::format("{}{}", join(info.class_names, ", "),
                                                         info.label_space.empty() ? "" : " (" + info.label_space + ")"));
  fact("face detector", info.detector);
  fact("landmarks", info.landmarks);
  fact("people by", info.embedding);
  fact("command", info.command_line);
  fact("version", info.version);
  if (facts.empty()) return;
  page.begin_section("How it was made");
  page.facts(facts);
  page.end_section();
}

/// People with a section of their own; those of videos beyond the listed ones have none.
std::vector<PersonDetail*> shown_people(ReportData& data) {
  std::vector<PersonDetail*> people;
  for (auto& detail : data.details)
    if (detail.person.source < data.videos.size()) people.push_back(&detail);
  return people;
}

}  // namespace

std::string report_page(ReportData& data, const FrameFetcher& fetch) {
  const auto people = shown_people(data);
  std::vector<KeyPicture*> wanted;
  std::vector<PersonView> views;
  for (PersonDetail* detail : people) {
    const SourceTotals& video = data.videos[detail->person.source];
    PersonView view{person_name(data, detail->person.identity) + (data.video_count > 1 ? " in " + short_name(video.name) : ""),
                    &video,
                    std::clamp<std::size_t>(kPoints / people.size(), 200, 600),
                    data.neutral(),
                    {}};
    wanted.push_back(&detail->portrait);
    for (ShownEpisode* shown : strongest_episodes(*detail, (kPictures - people.size()) / people.size())) {
      wanted.push_back(&shown->apex);
      view.pictures.push_back(shown);
    }
    views.push_back(std::move(view));
  }
  for (auto& face : data.sheet) wanted.push_back(&face.picture);
  fetch_pictures(std::move(wanted), fetch);

  HtmlPage page(title_of(data), "Facial expressions");
  add_cards(page, data);
  add_videos(page, data);
  add_people(page, data);
  add_shares_chart(page, data);
  for (std::size_t i = 0; i < people.size(); ++i) add_person(page, data.info(), *people[i], views[i]);
  add_contact_sheet(page, data);
  add_failures(page, data);
  add_facts(page, data.info());
  add_limits(page, data);
  return page.finish();
}

}  // namespace mien
