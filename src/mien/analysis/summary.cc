// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "mien/analysis/analysis_run.h"
#include "mien/results/result_writer.h"

namespace mien {
namespace {

/// One entry a source: what happened first, and how often something happened.
class Failures {
 public:
  void add(const FrameResult& frame) {
    if (rows_ == 0 || frame.source != source_) {
      close();
      source_ = frame.source;
      reason_ = frame.error;
      rows_ = 0;
    }
    ++rows_;
  }
  std::vector<std::pair<std::string, std::string>> take() {
    close();
    return std::move(all_);
  }

 private:
  void close() {
    if (rows_ == 0) return;
    if (rows_ > 1) reason_ += fmt::format(" (and {} more of its frames)", rows_ - 1);
    all_.emplace_back(source_, reason_);
    rows_ = 0;
  }

  std::string source_, reason_;
  std::int64_t rows_ = 0;
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace

AnalysisSummary summarize(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder) {
  AnalysisSummary summary;
  summary.sources = static_cast<std::int64_t>(job.sources.size());
  summary.labels.resize(info.class_names.size());
  std::set<std::string> videos;  // of which something was seen
  std::set<std::pair<std::string, int>> people;
  Failures failures;
  read_results(folder / "results.jsonl", [&](const FrameResult& frame) {
    if (!frame.error.empty()) failures.add(frame);
    if (frame.width == 0) return;  // nothing of it was seen
    if (frame.video) videos.insert(frame.source);
    else ++summary.pictures;
    ++summary.frames;
    if (!frame.faces.empty()) ++summary.frames_with_faces;
    for (const FaceResult& face : frame.faces) {
      ++summary.faces;
      if (face.identity >= 0) people.emplace(frame.source, face.identity);
      if (face.label < 0) continue;
      ++summary.labels.at(static_cast<std::size_t>(face.label));
      if (face.uncertain) ++summary.uncertain;
    }
  });
  summary.failures = failures.take();
  summary.failed = static_cast<std::int64_t>(summary.failures.size());
  summary.videos = static_cast<std::int64_t>(videos.size());
  summary.people = static_cast<std::int64_t>(people.size());
  return summary;
}

}  // namespace mien
