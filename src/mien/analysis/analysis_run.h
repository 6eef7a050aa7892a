// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/analysis/analysis_options.h"
#include "mien/analysis/face_worker.h"
#include "mien/analysis/media_source.h"
#include "mien/results/results.h"
#include "mien/base/progress.h"
#include "mien/video/video_reader.h"

namespace mien {

/// What to look at, how, and what to write. Stored as FOLDER/analysis.json, so that a run can go on after it was stopped or killed.
struct AnalysisJob {
  std::vector<MediaSource> sources;
  std::vector<LeftOut> left_out;     ///< below the folders among the inputs
  AnalysisOptions options;
  std::vector<std::string> formats;  ///< of result_formats(); "jsonl" is always written
  bool annotate = false;             ///< also pictures and videos with the faces drawn in
  std::optional<FaceMeasures> neutral;  ///< what options.faces.baseline shows: neutral_face_in()
  std::string command_line, version;
  std::string working_folder;        ///< where the command was given: what relative names start from; "" = not known
};

void save_job(const AnalysisJob& job, const std::filesystem::path& folder);
/// Throws Error{not_found} (no analysis there) or Error{bad_file}.
AnalysisJob load_job(const std::filesystem::path& folder);

struct AnalysisSummary {
  std::int64_t sources = 0;             ///< all that were named
  std::int64_t pictures = 0, videos = 0;  ///< of which something was seen
  std::int64_t failed = 0;              ///< sources of which something is missing
  std::int64_t frames = 0;              ///< pictures and video frames looked at
  std::int64_t frames_with_faces = 0, faces = 0, uncertain = 0;
  std::int64_t people = 0;              ///< numbered, over all videos
  std::vector<std::int64_t> labels;     ///< faces of each class
  std::vector<std::pair<std::string, std::string>> failures;  ///< source, reason: the first one, and how many frames share the source's fate
  double seconds = 0;                   ///< of this call
};

using OpenCamera = std::function<std::unique_ptr<VideoReader>(const std::string& name, const VideoOptions& options)>;

/// What a caller wants of results while they come, beside results.jsonl.
struct LiveOutput {
  std::string format;                     ///< "jsonl" or "csv": each result goes to `descriptor` as soon as it is known; "" = none does
  int descriptor = -1;
  OpenCamera open_camera = mien::open_camera;
};

/// What a face at rest looks like: the median of the largest faces in the frames of a clip, or the largest face of a picture. Throws what
/// reading throws, and Error{bad_data} when no face is found; warns of several faces, and of a clip that breaks off.
FaceMeasures neutral_face_in(const std::string& file, FaceWorkers& workers, Progress& progress);

/// Looks at all sources and writes results.jsonl into the folder as they come; goes on where an earlier call stopped. Nothing is lost or
/// doubled: what stands in the file after the last note of progress.json is cut off and done again, and a live output gets the results of
/// earlier calls first. Action Units of people in videos are measured against their faces at rest: while results come, against what is known of
/// those so far (unknown before), at the end, in results.jsonl, against the whole video (neutral_pass.h). A camera is looked through until its `to_s` or until `stop` is requested, which ends it in good order; else throws
/// Error{interrupted} when `stop` is requested. The report of a job with a camera is written here, with pictures of its faces.
AnalysisInfo look_at_sources(const AnalysisJob& job, FaceWorkers& workers, const std::filesystem::path& folder, Progress& progress,
                             const StopFlag& stop, const LiveOutput& live = {});

/// Reads results.jsonl and sums up.
AnalysisSummary summarize(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder);

/// Writes the other formats from results.jsonl, but for a report that look_at_sources() wrote; returns all files that are there. A report
/// that cannot be made is a warning: it only shows what the other files hold.
std::vector<std::filesystem::path> write_formats(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder, Progress& progress);

/// Draws the results into copies of the pictures and videos, below FOLDER/annotated; returns the files. A copy that cannot be made is a warning
/// and the others are made: they only show what results.jsonl holds. Throws Error{interrupted}.
std::vector<std::filesystem::path> write_annotated(const AnalysisJob& job, const AnalysisInfo& info, const std::filesystem::path& folder,
                                                   Progress& progress, const StopFlag& stop);

}  // namespace mien
