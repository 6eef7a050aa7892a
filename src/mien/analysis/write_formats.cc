// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "mien/analysis/live_results.h"
#include "mien/results/result_writer.h"
#include "mien/base/attempt.h"
#include "mien/image/picture.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

/// Fetches frames again for the report's pictures; whatever cannot be read any more is an empty picture.
class Refetcher {
 public:
  cv::Mat operator()(const FrameAddress& address) {
    cv::Mat picture;
    if (attempt(address.source, [&] { picture = address.video ? video_frame(address) : full_picture(address.source); })) return {};
    return picture;
  }

 private:
  /// Enlarged again where it was decoded smaller, so that positions are right.
  static cv::Mat full_picture(const std::string& file) {
    const Picture picture = read_picture(file);
    if (!picture.shrunk()) return picture.pixels;
    cv::Mat full;
    cv::resize(picture.pixels, full, picture.full_size, 0, 0, cv::INTER_LINEAR);
    return full;
  }

  cv::Mat video_frame(const FrameAddress& address) {
    if (address.source.rfind("camera:", 0) == 0) return {};
    VideoOptions options;
    options.from_s = std::max(0.0, address.time_s - 0.001);  // times in results are rounded
    const auto reader = open_video(address.source, options);
    for (auto frame = reader->next(); frame; frame = reader->next()) {
      if (frame->number == address.frame) return frame->image;
      if (frame->number > address.frame) break;
    }
    return {};
  }
};

fs::path name_of(const std::string& format) {
  if (format == "html") return "report.html";
  if (format == "openface") return "openface";
  if (format == "deepface") return "deepface.json";
  return format == "csv" ? fs::path("results.csv") : fs::path(format + ".csv");
}

}  // namespace

WriterTarget target_in(const fs::path& folder, const std::string& format) {
  WriterTarget target{format, folder / name_of(format)};
  if (format == "html") target.fetch = Refetcher();
  return target;
}

std::vector<fs::path> write_formats(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder, Progress& progress) {
  const fs::path journal = folder / "results.jsonl";
  const auto asked = [&](const std::string& format) { return std::find(job.formats.begin(), job.formats.end(), format) != job.formats.end(); };
  std::vector<WriterTarget> targets;
  std::vector<fs::path> files = {journal};
  for (const std::string& format : job.formats)
    if (format != "jsonl" && format != "html") targets.push_back(target_in(folder, format));
  convert_results(journal, targets, info);
  for (const auto& target : targets) files.push_back(target.file);
  if (!asked("html")) return files;
  const WriterTarget report = target_in(folder, "html");
  if (!report_is_live(job))
    if (const auto problem = attempt(report.file.string(), [&] { convert_results(journal, {report}, info); }))
      progress.warn(std::string("the report is not written: ") + problem->what());
  if (fs::is_regular_file(report.file)) files.push_back(report.file);
  return files;
}

}  // namespace mien
