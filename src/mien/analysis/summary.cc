// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "mien/analysis/analysis_run.h"
#include "mien/results/result_writer.h"

namespace mien {

AnalysisSummary summarize(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder) {
  AnalysisSummary summary;
  summary.sources = static_cast<std::int64_t>(job.sources.size());
  summary.labels.resize(info.class_names.size());
  for (const auto& source : job.sources) (source.kind == MediaSource::Kind::picture ? summary.pictures : summary.videos)++;
  std::set<std::pair<std::string, int>> people;
  read_results(folder / "results.jsonl", [&](const FrameResult& frame) {
    if (!frame.error.empty()) {
      summary.failures.emplace_back(frame.source, frame.error);
      return;
    }
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
  summary.failed = static_cast<std::int64_t>(summary.failures.size());
  summary.people = static_cast<std::int64_t>(people.size());
  return summary;
}

}  // namespace mien
