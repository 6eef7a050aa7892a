// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/results/report_data.h"
#include "mien/report/html_page.h"

namespace mien {

/// The page of an analysis: overview, people of videos with their timelines and episodes, faces of pictures, failures, how to
/// read it.
std::string report_page(ReportData& data, const FrameFetcher& fetch);

namespace report {

/// Seconds as "1:02:03" or "2:03.4" with so many decimals.
std::string clock_text(double seconds, int decimals);
/// "37.5 %"; "-" of nothing.
std::string percent_text(std::int64_t part, std::int64_t whole);
/// The file's name without its folders, shortened in the middle.
std::string short_name(const std::string& source, std::size_t most = 32);
/// Colour of a class in the page's palette, by its meaning: the same on every page.
int class_color(const AnalysisInfo& info, int label);
/// The class's name behind a spot in its colour, as HTML.
std::string class_html(const AnalysisInfo& info, int label);
std::string figure_html(const KeyPicture& picture, const std::string& caption);

/// Section of a person: pictures, timeline, plane of valence and arousal, action units, episodes. At most `most_pictures` faces,
/// and `most_bins` points a line.
struct PersonView {
  std::string title;
  const SourceTotals* video = nullptr;
  std::size_t most_bins = 600;
  int neutral = -1;                           ///< class; -1 = none
  std::vector<const ShownEpisode*> pictures;  ///< episodes whose apex is shown
};
void add_person(HtmlPage& page, const AnalysisInfo& info, PersonDetail& detail, const PersonView& view);
/// The strongest episodes, one of each expression first.
std::vector<ShownEpisode*> strongest_episodes(PersonDetail& detail, std::size_t most);

/// Faces of pictures with their labels.
void add_contact_sheet(HtmlPage& page, const ReportData& data);
/// How to read the page, and what the law says.
void add_limits(HtmlPage& page, const ReportData& data);

}  // namespace report
}  // namespace mien
