// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/html_page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace mien {
namespace {

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

nlohmann::json chart_data(const std::string& page) {
  const std::string begin = "id=\"chart-data\">";
  const auto at = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
}

TEST(HtmlPage, Base64KnownVectors) {  // RFC 4648, 10
  EXPECT_EQ(data_url(bytes(""), "x/y"), "data:x/y;base64,");
  EXPECT_EQ(data_url(bytes("f"), "x/y"), "data:x/y;base64,Zg==");
  EXPECT_EQ(data_url(bytes("fo"), "x/y"), "data:x/y;base64,Zm8=");
  EXPECT_EQ(data_url(bytes("foobar"), "x/y"), "data:x/y;base64,Zm9vYmFy");
  EXPECT_EQ(data_url({0xFB, 0xFF, 0xFE}, "x/y"), "data:x/y;base64,+//+");
}

TEST(HtmlPage, EscapesText) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  HtmlPage page("<b>title</b>", "<b>kind</b>");
  page.begin_section("<b>section</b>", "<b>note</b>");
  page.facts({{"<b>name</b>", "<b>value</b>"}});
  page.html(headline_card("<b>card</b>", "<b>1</b>", "<b>2</b>"));
  page.end_section();
  EXPECT_EQ(page.finish().find("<b>"), std::string::npos);
}

/// The narrowest card holds about seven letters of the largest size.
TEST(HtmlPage, LongTextsFitTheirCards) {
  EXPECT_NE(headline_card("Accuracy", "97.5 %", "").find("class=\"value\">97.5 %<"), std::string::npos);
  EXPECT_NE(headline_card("Most frequent", "happiness", "").find("class=\"value long\">happiness<"), std::string::npos);
  EXPECT_NE(headline_card("Most frequent", "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", "").find("class=\"value\">"), std::string::npos);
  EXPECT_NE(headline_card("Most frequent", "sadly disgusted", "").find("class=\"value longer\">"), std::string::npos);
  EXPECT_NE(headline_card("Best valid/balanced_accuracy", "1", "").find(">Best valid/<wbr>balanced_<wbr>accuracy<"), std::string::npos);
}

TEST(HtmlPage, ChartTextCannotCloseItsElement) {
  HtmlPage page("t", "k");
  Chart chart;
  chart.title = "</script><script>alert(1)</script>";
  chart.labels = {"<!--", "b"};
  chart.series = {{"broken \xFF utf-8", {1, std::nan("")}, "bar"}};
  page.chart(chart);
  const std::string html = page.finish();
  EXPECT_EQ(html.find("alert(1)</script>"), std::string::npos);
  const auto data = chart_data(html);
  EXPECT_EQ(data[0]["title"], chart.title);
  EXPECT_EQ(data[0]["labels"][0], "<!--");
  EXPECT_EQ(data[0]["series"][0]["values"][0], 1);
  EXPECT_TRUE(data[0]["series"][0]["values"][1].is_null());
}

TEST(HtmlPage, ChartsOverPositions) {
  HtmlPage page("t", "k");
  Chart chart;
  chart.x = {0, 0.5};
  chart.x_is_time = true;
  chart.x_max = 1;
  chart.band = {0, 9};
  chart.shape = "square";
  chart.series = {{"together", {0.25, 0.75}, "area", 3}, {"own", {1, 2, 3}, "points", 0, {-1, 0, 1}}};
  page.chart(chart);
  const std::string html = page.finish();
  EXPECT_NE(html.find("class=\"chart square\""), std::string::npos);
  const auto data = chart_data(html)[0];
  EXPECT_EQ(data["x"], nlohmann::json::parse("[0, 0.5]"));
  EXPECT_TRUE(data["x_min"].is_null());
  EXPECT_EQ(data["x_max"], 1);
  EXPECT_EQ(data["x_is_time"], true);
  EXPECT_EQ(data["band"], nlohmann::json::parse("[0, 9]"));
  EXPECT_FALSE(data["series"][0].contains("x"));
  EXPECT_EQ(data["series"][1]["x"], nlohmann::json::parse("[-1, 0, 1]"));
}

TEST(HtmlPage, CarriesTheChartLibraryOnlyWhenThereIsAChart) {
  HtmlPage without("t", "k"), with("t", "k");
  with.chart({});
  EXPECT_LT(without.finish().size(), 30'000u);
  if (with.finish().size() < 100'000) GTEST_SKIP() << "built without Chart.js";
  EXPECT_NE(with.finish().find("MIT"), std::string::npos);
}

}  // namespace
}  // namespace mien
