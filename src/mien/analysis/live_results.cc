// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/live_results.h"

#include <algorithm>

#include "mien/base/attempt.h"

namespace mien {

bool report_is_live(const AnalysisJob& job) {
  const auto is_camera = [](const MediaSource& source) { return source.kind == MediaSource::Kind::camera; };
  return std::find(job.formats.begin(), job.formats.end(), "html") != job.formats.end() &&
         std::any_of(job.sources.begin(), job.sources.end(), is_camera);
}

template <typename Work>
void LiveResults::on_report(const Work& work) {
  const auto problem = attempt("report.html", work);
  if (!problem) return;
  progress_.warn(std::string("the report is not written: ") + problem->what());
  report_.reset();
}

LiveResults::LiveResults(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder, Progress& progress,
                         const LiveOutput& output)
    : progress_(progress) {
  if (!output.format.empty()) {
    WriterTarget target{output.format, "standard output"};
    target.descriptor = output.descriptor;
    stream_ = make_result_writer(target, info);
    stream_->flush();  // the head, so that a reader knows the columns before the first row
  }
  if (report_is_live(job)) on_report([&] { report_ = make_result_writer(target_in(folder, "html"), info); });
}

void LiveResults::replay(const std::filesystem::path& jsonl) {
  if (stream_ || report_) read_results(jsonl, [&](const FrameResult& result) { write(result, {}); });
}

void LiveResults::write(const FrameResult& result, const cv::Mat& image_rgb) {
  if (stream_) {
    stream_->write(result, {});
    stream_->flush();
  }
  if (report_) on_report([&] { report_->write(result, image_rgb); });
}

void LiveResults::finish() {
  if (stream_) stream_->finish();
  if (report_) on_report([&] { report_->finish(); });
}

}  // namespace mien
