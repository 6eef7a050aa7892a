// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/plots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/decode.h"
#include "mien/image/encode.h"
#include "mien/report/gnuplot.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

#define MIEN_GNUPLOT_OR_SKIP() \
  if (!plotting_available()) GTEST_SKIP() << "needs gnuplot"

/// The middle of the pixels that have the colour of a full cell.
cv::Point2d centre_of_full_cells(const fs::path& png) {
  const cv::Mat image = read_image(png);
  cv::Point2d sum(0, 0);
  int count = 0;
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      if (cv::norm(image.at<cv::Vec3b>(y, x), cv::Vec3b(0x1d, 0x3f, 0x9c), cv::NORM_INF) > 2) continue;
      sum += cv::Point2d(x, y);
      ++count;
    }
  EXPECT_GT(count, 1000);
  return sum / std::max(count, 1);
}

TEST(Plots, RowsAreTheTrueClasses) {
  MIEN_GNUPLOT_OR_SKIP();
  TemporaryFolder folder;
  const fs::path png = folder.path() / "c.png";
  for (const bool normalized : {false, true}) {
    plot_confusion({{0, 50}, {0, 0}}, {"a", "b"}, normalized, png);  // true a, predicted b
    const auto above = centre_of_full_cells(png);
    plot_confusion({{0, 0}, {50, 0}}, {"a", "b"}, normalized, png);  // true b, predicted a
    const auto below = centre_of_full_cells(png);
    EXPECT_GT(above.x, below.x + 40);
    EXPECT_LT(above.y, below.y - 40);
  }
}

/// gnuplot makes no image of a single cell.
TEST(Plots, OneClass) {
  MIEN_GNUPLOT_OR_SKIP();
  TemporaryFolder folder;
  for (const bool normalized : {false, true}) {
    plot_confusion({{7}}, {"happiness"}, normalized, folder.path() / "c.png");
    centre_of_full_cells(folder.path() / "c.png");  // expects that the cell is filled
  }
}

TEST(Plots, NamesAreTakenLiterally) {
  MIEN_GNUPLOT_OR_SKIP();
  TemporaryFolder folder;
  const std::string trap = (folder.path() / "trap").string();
  const std::vector<std::string> names{"100 % 'it''s'", "`touch " + trap + "`", "a\nb\\n@x{_1}", "\"q\" ü"};
  plot_confusion(std::vector(4, std::vector<std::int64_t>(4, 1)), names, false, folder.path() / "c.png");
  plot_confusion(std::vector(4, std::vector<std::int64_t>(4, 0)), names, true, folder.path() / "z.png");
  plot_curves({{"`touch " + trap + "`", {1, 2}, {{"$(touch " + trap + ")", {1, 2}}}, false}}, folder.path() / "k.png");
  EXPECT_FALSE(fs::exists(trap));
  for (const char* name : {"c.png", "z.png", "k.png"}) EXPECT_GT(read_image(folder.path() / name).rows, 100) << name;
}

TEST(Plots, ReliabilityAndCurves) {
  MIEN_GNUPLOT_OR_SKIP();
  TemporaryFolder folder;
  std::vector<ClassificationMetrics::Bin> bins(15);
  bins[14] = {10, 0.9, 0.97};
  plot_reliability(bins, 0.07, folder.path() / "r.png");
  EXPECT_EQ(read_image(folder.path() / "r.png").cols, 640);
  plot_curves({{"loss", {1, 2, 3}, {{"train", {3, 2, std::nan("")}}, {"valid", {3, 1, 2}}}, true}}, folder.path() / "k.png");
  EXPECT_EQ(read_image(folder.path() / "k.png").cols, 560);
}

TEST(Plots, MissingProgramIsSaid) {
  TemporaryFolder folder;
  EXPECT_FALSE(plotting_available("no-such-program-of-mien"));
  try {
    plot_confusion({{1}}, {"a"}, false, folder.path() / "c.png", "no-such-program-of-mien");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("no-such-program-of-mien"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(folder.path() / "c.png"));
}

TEST(Plots, FailingProgramKeepsTheOldPicture) {
  TemporaryFolder folder;
  const fs::path program = folder.path() / "broken", png = folder.path() / "c.png";
  std::ofstream(program) << "#!/bin/sh\necho 'no fonts today' >&2\nexit 3\n";
  fs::permissions(program, fs::perms::owner_all);
  write_atomically(png, "old");
  try {
    plot_confusion({{1}}, {"a"}, false, png, program.string());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(std::string(error.what()).find("no fonts today"), std::string::npos);
  }
  EXPECT_EQ(read_text(png), "old");
}

TEST(ContactSheet, TilesLieWhereTheyBelong) {
  std::vector<SheetTile> tiles;
  for (int i = 0; i < 5; ++i) tiles.push_back({cv::Mat(20, 20, CV_8UC3, cv::Scalar(50 * i, 10, 200)), "caption"});
  tiles[4].image = cv::Mat(10, 20, CV_8UC1, cv::Scalar(77));  // gray, wider than high
  const cv::Mat sheet = contact_sheet(tiles, 3, 40, "title");
  ASSERT_EQ(sheet.type(), CV_8UC3);
  EXPECT_EQ(sheet.cols, 10 + 3 * 50);
  const int top = 34 + 5, pitch = 40 + 15 + 10 + 4;
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(sheet.at<cv::Vec3b>(top + i / 3 * pitch + 20, 10 + i % 3 * 50 + 20), cv::Vec3b(50 * i, 10, 200)) << i;
  EXPECT_EQ(sheet.at<cv::Vec3b>(top + pitch + 20, 60 + 20), cv::Vec3b(77, 77, 77));
  EXPECT_EQ(sheet.at<cv::Vec3b>(top + pitch + 2, 60 + 20), cv::Vec3b(223, 228, 234));    // above the wide picture
  EXPECT_EQ(sheet.at<cv::Vec3b>(top + pitch + 20, 110 + 20), cv::Vec3b(255, 255, 255));  // no sixth picture
}

/// libjpeg writes 65,500 pixels a side; the sizes by hand: 39 px above, 125 px a row of tiles of 96 px with one line.
TEST(ContactSheet, NoLargerThanPicturesCanBe) {
  EXPECT_EQ(contact_sheet_size(5, 3, 40, 1, true), cv::Size(10 + 3 * 50, 39 + 2 * 69));
  EXPECT_EQ(contact_sheet_size(8 * 523, 8, 96, 1, true), cv::Size(10 + 8 * 106, 39 + 523 * 125));
  EXPECT_THROW(contact_sheet_size(8 * 524, 8, 96, 1, true), Error);
  EXPECT_THROW(contact_sheet_size(1000, 1000, 96, 1, true), Error);
  const cv::Mat wide(3, 80'000, CV_8UC3, cv::Scalar(10, 20, 30));
  EXPECT_EQ(fitted_for_jpeg(wide).size(), cv::Size(65'500, 2));
  EXPECT_FALSE(encode_jpeg(fitted_for_jpeg(wide)).empty());
  EXPECT_THROW(encode_jpeg(wide), Error);
  EXPECT_EQ(fitted_for_jpeg(wide.colRange(0, 65'500)).cols, 65'500);
}

TEST(ContactSheet, RefusesWhatItCannotDraw) {
  EXPECT_THROW(contact_sheet({}, 3, 40, ""), Error);
  EXPECT_THROW(contact_sheet({{cv::Mat(), ""}}, 3, 40, ""), Error);
  EXPECT_THROW(contact_sheet({{cv::Mat(4, 4, CV_32FC1), ""}}, 3, 40, ""), Error);
}

}  // namespace
}  // namespace mien
