// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/results/results_for_tests.h"
#include "mien/base/csv.h"
#include "mien/base/text.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using testing::frame_of;
using testing::full_face;
using testing::three_classes;
using testing::written;

TEST(PyFeatWriter, ColumnsOfPyFeat) {
  const auto shared = testing::shared_folder();
  const auto sample = shared ? *shared / "data/media/Feat_Test.csv" : fs::path();
  if (!shared || !fs::exists(sample)) GTEST_SKIP() << "needs data/media/Feat_Test.csv, a table written by py-feat";
  const std::string header = written("pyfeat", {}, three_classes());
  const std::string expected = read_text(sample);
  EXPECT_EQ(header, expected.substr(0, expected.find('\n') + 1));
}

TEST(PyFeatWriter, ExactText) {
  FaceResult face = full_face();
  face.landmarks.clear();
  face.action_units.assign(18, 2.5F);
  face.action_units[1] = testing::kUnknown;  // AU02
  const std::string text = written("pyfeat", {frame_of("a.jpg", {face}), frame_of("b.jpg")}, three_classes());
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 4u);
  const std::string commas(136, ',');
  // AU11, AU24 and AU43 are not estimated; contempt goes and the rest is scaled to 1.
  EXPECT_EQ(
      lines[1],
      "0,10.12,20.50,30.00,40.25,0.9877" + commas +
          ",0.5000,,0.5000,0.5000,0.5000,0.5000,0.5000,0.5000,,0.5000,0.5000,0.5000,0.5000,0.5000,0.5000,,0.5000,0.5000,0.5000,"
          ",-5.00,2.50,10.13,0.00000,0.00000,0.00000,0.72222,0.00000,0.00000,0.27778,a.jpg");
  EXPECT_EQ(lines[2], "1" + std::string(172, ',') + "b.jpg");
}

TEST(PyFeatWriter, FramesOfVideosKeepTheirNumbers) {
  const auto lines =
      split(written("pyfeat", {frame_of("a.mp4", {}, true, 0), frame_of("a.mp4", {}, true, 5), frame_of("b.mp4", {}, true, 0)},
                    three_classes()),
            '\n');
  EXPECT_EQ(lines[1].substr(0, 2), "0,");
  EXPECT_EQ(lines[2].substr(0, 2), "5,");
  EXPECT_EQ(lines[3].substr(0, 2), "0,");
}

TEST(PyFeatWriter, Landmarks) {
  const auto lines = split(written("pyfeat", {frame_of("a.jpg", {full_face()})}, three_classes()), '\n');
  const auto names = csv_fields(lines[0], "header"), cells = csv_fields(lines[1], "row");
  ASSERT_EQ(names.size(), 173u);
  ASSERT_EQ(cells.size(), 173u);
  const auto cell = [&](const std::string& name) {
    return cells[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  };
  EXPECT_EQ(cell("x_30"), "30.00");
  EXPECT_EQ(cell("y_30"), "60.50");
  EXPECT_EQ(cell("AU01"), "");
}

}  // namespace
}  // namespace mien
