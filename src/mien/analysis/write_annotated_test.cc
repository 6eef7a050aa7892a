// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/analysis/analysis_run.h"
#include "mien/base/files.h"
#include "mien/image/decode.h"
#include "mien/image/encode.h"
#include "mien/results/result_writer.h"

namespace mien {
namespace {

class Warnings : public Progress {
 public:
  void warn(const std::string& message) override { texts.push_back(message); }
  std::vector<std::string> texts;
};

FrameResult result_of(const fs::path& picture, int width, int height) {
  FrameResult result;
  result.source = picture.string();
  result.width = width;
  result.height = height;
  FaceResult face;
  face.box = {2, 2, 12, 12};
  result.faces = {face};
  return result;
}

TEST(WriteAnnotated, ACopyThatCannotBeMadeIsAWarningAndPicturesTooLongForJpegBecomePng) {
  const TemporaryFolder folder;
  const fs::path wide = folder.path() / "wide.png", good = folder.path() / "good.png", gone = folder.path() / "gone.png", broken = folder.path() / "broken.png";
  write_image(wide, cv::Mat(16, 65600, CV_8UC3, cv::Scalar(10, 20, 30)));
  write_image(good, cv::Mat(16, 32, CV_8UC3, cv::Scalar(10, 20, 30)));
  write_atomically(broken, "no picture any more");
  AnalysisInfo info;
  const auto writer = make_result_writer({"jsonl", folder.path() / "results.jsonl"}, info);
  writer->write(result_of(wide, 65600, 16), {});
  writer->write(result_of(gone, 32, 16), {});
  writer->write(result_of(broken, 32, 16), {});
  FrameResult unread = result_of(folder.path() / "unread.png", 0, 0);
  unread.faces.clear();
  unread.error = "unread.png: no picture";
  writer->write(unread, {});
  writer->write(result_of(good, 32, 16), {});
  writer->finish();

  Warnings warnings;
  const auto files = write_annotated(AnalysisJob(), info, folder.path(), warnings, StopFlag());
  const fs::path annotated = folder.path() / "annotated";
  EXPECT_EQ(files, (std::vector<fs::path>{annotated / "wide.png", annotated / "good.jpg"}));
  EXPECT_EQ(read_image(annotated / "wide.png").cols, 65600);
  ASSERT_EQ(warnings.texts.size(), 2u);
  EXPECT_NE(warnings.texts[0].find("gone.png"), std::string::npos) << warnings.texts[0];
  EXPECT_NE(warnings.texts[1].find("broken.png"), std::string::npos) << warnings.texts[1];
}

TEST(WriteAnnotated, WhereNoFolderCanBeMadeThereIsAWarning) {
  const TemporaryFolder folder;
  write_atomically(folder.path() / "annotated", "a file in the way");
  const auto writer = make_result_writer({"jsonl", folder.path() / "results.jsonl"}, {});
  writer->finish();
  Warnings warnings;
  EXPECT_TRUE(write_annotated(AnalysisJob(), {}, folder.path(), warnings, StopFlag()).empty());
  EXPECT_EQ(warnings.texts.size(), 1u);
}

TEST(WriteFormats, AReportThatCannotBeWrittenIsAWarningAndTheTablesAreThere) {
  const TemporaryFolder folder;
  const auto writer = make_result_writer({"jsonl", folder.path() / "results.jsonl"}, {});
  writer->write(result_of("a.png", 32, 16), {});
  writer->finish();
  fs::create_directories(folder.path() / "report.html");
  AnalysisJob job;
  job.formats = {"html", "csv"};
  Warnings warnings;
  const auto files = write_formats(job, {}, folder.path(), warnings);
  EXPECT_NE(read_text(folder.path() / "results.csv").find("a.png"), std::string::npos);
  ASSERT_EQ(warnings.texts.size(), 1u);
  EXPECT_NE(warnings.texts[0].find("report.html"), std::string::npos) << warnings.texts[0];
}

}  // namespace
}  // namespace mien
