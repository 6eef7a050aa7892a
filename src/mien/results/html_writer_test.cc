// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mien/results/made_up_results.h"
#include "mien/results/report_page.h"
#include "mien/base/error.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::made_up_info;
using testing::MadeUpVideo;
using testing::three_classes;
using testing::written;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}
bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

nlohmann::json charts_of(const std::string& page) {
  const std::string begin = "id=\"chart-data\">";
  const auto at = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
}

/// The page of a made-up video with pictures from a fetcher that notes what it was asked for.
std::string page_of(const MadeUpVideo& video, std::vector<FrameAddress>* asked = nullptr) {
  const TemporaryFolder folder;
  WriterTarget target{"html", folder.path() / "report.html"};
  if (asked)
    target.fetch = [&](const FrameAddress& address) {
      asked->push_back(address);
      return video.picture(address.frame);
    };
  const auto writer = make_result_writer(target, made_up_info());
  for (std::int64_t i = 0; i < video.frames(); ++i) writer->write(video.frame(i), {});
  writer->finish();
  return read_text(target.file);
}

TEST(HtmlWriter, VideoWithTwoPeople) {
  const MadeUpVideo video(120, 10);
  std::vector<FrameAddress> asked;
  const std::string page = page_of(video, &asked);
  for (const char* part : {"<h1>conversation.mp4</h1>", "2 min 0 s long", "1,200 frames", "Person 1", "Person 2",
                           "Expressions over time", "Valence and arousal", "Action units", "Episodes", "How to read this report",
                           "AI Act, Art. 5(1)(f)", "everything could be read", "drawn faces", "below 50 %"})
    EXPECT_TRUE(contains(page, part)) << part;
  EXPECT_GE(asked.size(), 8u);
  EXPECT_GE(count_of(page, "data:image/jpeg"), asked.size());  // two people may be looked at in one frame
  EXPECT_LE(count_of(page, "data:image/jpeg"), 24u);
  for (std::size_t i = 1; i < asked.size(); ++i) EXPECT_LT(asked[i - 1].frame, asked[i].frame);
  EXPECT_FALSE(contains(page, "src=\"http"));

  const auto charts = charts_of(page);
  ASSERT_EQ(charts.size(), 7u);  // shares, and of each person: expressions, affect, action units
  const auto& timeline = charts[1];
  EXPECT_EQ(timeline["x_is_time"], true);
  EXPECT_EQ(timeline["series"].size(), 8u);
  EXPECT_LE(timeline["x"].size(), 600u);
  EXPECT_EQ(timeline["x"].size(), timeline["band"].size());
  for (std::size_t i = 0; i < timeline["x"].size(); ++i) {
    double sum = 0;
    for (const auto& series : timeline["series"]) sum += series["values"][i].get<double>();
    EXPECT_NEAR(sum, 1, 0.005);
  }
  // The second person is away from 80 s to 97 s.
  const auto& second = charts[4];
  int missing = 0;
  for (std::size_t i = 0; i < second["x"].size(); ++i) {
    const double time = second["x"][i];
    const bool gone = second["series"][0]["values"][i].is_null();
    missing += gone;
    EXPECT_TRUE(!gone || (time > 79.5 && time < 97.5)) << time;
    EXPECT_EQ(second["band"][i] == 0, gone);
  }
  EXPECT_GT(missing, 50);
}

TEST(HtmlWriter, AnHourStaysSmall) {
  const std::string page = page_of(MadeUpVideo(3600, 5));
  EXPECT_LT(page.size(), 900'000u);
  for (const auto& chart : charts_of(page))
    for (const auto& series : chart["series"]) EXPECT_LE(series["values"].size(), 600u);
}

TEST(HtmlWriter, ManyPeopleAndVideosStaySmall) {
  const TemporaryFolder folder;
  WriterTarget target{"html", folder.path() / "report.html"};
  const auto writer = make_result_writer(target, made_up_info());
  for (int v = 0; v < 30; ++v) {
    const MadeUpVideo video(20, 10, 12, "clip" + std::to_string(v) + ".mp4");
    for (std::int64_t i = 0; i < video.frames(); ++i)
      writer->write(video.frame(i), i % 50 == 0 ? cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(9)) : cv::Mat());
  }
  writer->finish();
  const std::string page = read_text(target.file);
  EXPECT_LT(page.size(), 1'500'000u);
  EXPECT_TRUE(contains(page, "The first 200 of 360."));
  EXPECT_EQ(count_of(page, "<h3>Expressions over time"), 10u);
  EXPECT_LE(count_of(page, "data:image/jpeg"), 24u);
}

TEST(HtmlWriter, FolderOfPictures) {
  const TemporaryFolder folder;
  for (const bool streamed : {false, true}) {
    WriterTarget target{"html", folder.path() / "report.html"};
    if (!streamed)
      target.fetch = [](const FrameAddress& address) {
        return testing::made_up_photograph(std::stoi(address.source.substr(12)) - 4000);
      };
    const auto writer = make_result_writer(target, made_up_info());
    for (int i = 0; i < 20; ++i)
      writer->write(testing::made_up_picture(i), streamed ? testing::made_up_photograph(i) : cv::Mat());
    writer->write(failed_frame("holiday/<b>.jpg", "not a <picture>"), {});
    writer->finish();
    const std::string page = read_text(target.file);
    EXPECT_EQ(count_of(page, "data:image/jpeg"), 20u);
    EXPECT_TRUE(contains(page, "IMG_4019.jpg"));
    EXPECT_TRUE(contains(page, "(?)"));
    EXPECT_TRUE(contains(page, "holiday/&lt;b&gt;.jpg"));
    EXPECT_TRUE(contains(page, "not a &lt;picture&gt;"));
    EXPECT_FALSE(contains(page, "<b>"));
    EXPECT_FALSE(contains(page, "Expressions over time"));
    EXPECT_EQ(charts_of(page).size(), 1u);
  }
}

TEST(HtmlWriter, ManyPicturesShowTheClearestOfEachLabel) {
  ReportData data(made_up_info());
  for (int i = 0; i < 1000; ++i) data.take(testing::made_up_picture(i), {});
  data.finish();
  EXPECT_EQ(data.sheet.size(), 8u * 7);
  std::vector<int> of_label(8);
  for (const auto& face : data.sheet) {
    ++of_label[static_cast<std::size_t>(face.label)];
    EXPECT_GT(face.confidence, 0.65F);  // the largest possible is 0.7
  }
  EXPECT_EQ(of_label, std::vector<int>(8, 7));
}

TEST(HtmlWriter, NothingToShow) {
  for (const auto& frames : std::vector<std::vector<FrameResult>>{{},
                                                                  {failed_frame("a", "b")},
                                                                  {frame_of("a.jpg")},
                                                                  {frame_of("a.mp4", {}, true)},
                                                                  {frame_of("a.mp4", {FaceResult()}, true)},
                                                                  {frame_of("a.mp4", {full_face()}, true)}}) {
    EXPECT_TRUE(contains(written("html", frames, three_classes()), "How to read this report"));
    AnalysisInfo info = three_classes();
    info.has_identities = true;
    EXPECT_TRUE(contains(written("html", frames, info), "How to read this report"));
  }
}

TEST(HtmlWriter, AnOldPageStaysUntilTheNewOneIsComplete) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "report.html";
  write_atomically(file, "old");
  auto writer = make_result_writer({"html", file}, three_classes());
  EXPECT_EQ(read_text(file), "old");
  writer->finish();
  EXPECT_TRUE(contains(read_text(file), "</html>"));
}

TEST(Report, Texts) {
  EXPECT_EQ(report::clock_text(0, 1), "0:00.0");
  EXPECT_EQ(report::clock_text(59.96, 1), "1:00.0");
  EXPECT_EQ(report::clock_text(3725.25, 1), "1:02:05.3");
  EXPECT_EQ(report::clock_text(-1.5, 1), "-0:01.5");
  EXPECT_EQ(report::clock_text(600, 0), "10:00");
  EXPECT_EQ(report::percent_text(1, 3), "33.3 %");
  EXPECT_EQ(report::percent_text(0, 0), "-");
  EXPECT_EQ(report::short_name("a/b/c.jpg"), "c.jpg");
  EXPECT_EQ(report::short_name("a_very_long_file_name_of_a_camera_0001.jpg", 20), "a_very_lon...001.jpg");
  AnalysisInfo info;
  info.class_names = {"Happy", "neutral", "odd"};
  EXPECT_EQ(report::class_color(info, 0), 2);
  EXPECT_EQ(report::class_color(info, 1), 8);
  EXPECT_EQ(report::class_color(info, 2), 4);
  EXPECT_EQ(report::class_color(info, -1), 0);
}

}  // namespace
}  // namespace mien
