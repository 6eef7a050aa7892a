// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/neutral_pass.h"

#include <algorithm>
#include <optional>
#include <ostream>

#include "mien/analysis/neutral_faces.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/results/checked_results.h"
#include "mien/results/result_json.h"
#include "mien/results/result_reader.h"

namespace mien {
namespace {

bool is_camera(const std::string& source) { return source.rfind("camera:", 0) == 0; }

bool asked_for(const AnalysisJob& job) {
  const auto is_video = [](const MediaSource& source) { return source.kind == MediaSource::Kind::video; };
  return job.options.faces.action_units && job.options.stream.identities && job.options.faces.baseline.empty() &&
         std::any_of(job.sources.begin(), job.sources.end(), is_video);
}

/// Where no head fits the points the Action Units stay as they are.
void measure_against_average(FaceResult& face) {
  try {
    face.action_units = estimate_action_units(face.landmarks);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_data) throw;
  }
}

/// Goes through the file with two readers: one is ahead to the end of a source and learns, the other comes after it and measures.
class SecondPass {
 public:
  SecondPass(const AnalysisInfo& info, const fs::path& file) : info_(info), ahead_(file), behind_(file), to_json_(info) { step(); }

  void write(std::ostream& out) {
    while (next_) {
      const std::string source = next_->source;
      NeutralFaces neutral(info_.class_names);
      std::int64_t rows = 0;
      for (; next_ && next_->source == source; ++rows) {
        if (next_->video)
          for (const FaceResult& face : next_->faces) neutral.learn(face, next_->time_s);
        step();
      }
      for (; rows > 0; --rows) write_next(neutral, out);
    }
  }

 private:
  void step() {
    FrameResult frame;
    next_ = ahead_.next(frame) ? std::optional(std::move(frame)) : std::nullopt;
  }

  void write_next(const NeutralFaces& neutral, std::ostream& out) {
    FrameResult frame;
    if (!behind_.next(frame)) return;
    if (frame.video && !is_camera(frame.source))
      for (FaceResult& face : frame.faces)
        if (face.identity >= 0 && !face.action_units.empty() && !neutral.measure(face)) measure_against_average(face);
    line_.clear();
    to_json_.append(line_, rounded(std::move(frame)));
    out << line_ << '\n';
  }

  const AnalysisInfo& info_;
  ResultReader ahead_, behind_;
  ResultToJson to_json_;
  std::optional<FrameResult> next_;  ///< the row that `ahead_` has come to
  std::string line_;
};

}  // namespace

void measure_against_whole_videos(const AnalysisJob& job, const AnalysisInfo& info, const fs::path& folder) {
  if (!asked_for(job)) return;
  const fs::path file = folder / "results.jsonl";
  SecondPass pass(info, file);
  write_atomically(file, [&](std::ostream& out) { pass.write(out); });
}

}  // namespace mien
