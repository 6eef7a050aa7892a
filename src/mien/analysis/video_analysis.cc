// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/video_analysis.h"

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <memory>
#include <optional>

#include "mien/base/error.h"
#include "mien/tracking/face_tracker.h"

namespace mien {
namespace {

/// A frame on its way through the stages.
struct Ticket {
  VideoFrame frame;
  std::int64_t position = 0;  ///< analysed frames before this one
  std::optional<std::vector<Detection>> detections;
  std::vector<std::int64_t> tracks;
  FrameResult result;
};
using TicketPtr = std::shared_ptr<Ticket>;

class VideoStages {
 public:
  VideoStages(VideoReader& reader, std::string source, FaceWorkers& workers, People& people, const AnalysisOptions& options,
              const VideoPosition& start, const TakeFrame& take)
      : reader_(reader), source_(std::move(source)), workers_(workers), people_(people), stream_(options.stream), start_(start), take_(take),
        next_position_(start.analysed), embed_(options.stream.identities && options.faces.embedding != "none") {}

  TicketPtr read() {
    auto frame = reader_.next();
    while (frame && frame->number <= start_.last_frame) frame = reader_.next();
    if (!frame) return nullptr;
    auto ticket = std::make_shared<Ticket>();
    ticket->frame = std::move(*frame);
    ticket->position = next_position_++;
    return ticket;
  }

  /// Any number of frames at a time.
  void detect(Ticket& ticket) {
    if (ticket.position % stream_.detect_every == 0) ticket.detections = FaceWorkers::Loan(workers_)->detect(ticket.frame.image);
  }

  /// In order.
  void follow(Ticket& ticket) {
    const std::int64_t restart = restart_interval(stream_);
    const std::int64_t place = ticket.position % restart;
    if (!tracker_ || place == 0) restart_tracker();
    if (!ticket.detections && tracker_->wants_detection(place)) ticket.detections = FaceWorkers::Loan(workers_)->detect(ticket.frame.image);
    for (const TrackedFace& tracked : tracker_->update(ticket.frame.image, ticket.detections ? &*ticket.detections : nullptr)) {
      FaceResult face;
      face.box = tracked.detection.box;
      face.score = tracked.detection.score;
      face.followed = tracked.followed;
      face.landmarks = tracked.landmarks.points;
      ticket.result.faces.push_back(std::move(face));
      ticket.tracks.push_back((ticket.position / restart) * 1'000'000 + tracked.track);
    }
  }

  /// Any number of frames at a time.
  void describe(Ticket& ticket) {
    FaceWorkers::Loan worker(workers_);
    for (auto& face : ticket.result.faces) worker->describe(ticket.frame.image, face, embed_ && !face.followed);
  }

  /// In order.
  void finish(Ticket& ticket) {
    FrameResult& result = ticket.result;
    result.source = source_;
    result.video = true;
    result.frame = ticket.frame.number;
    result.time_s = ticket.frame.time_s;
    result.width = ticket.frame.image.cols;
    result.height = ticket.frame.image.rows;
    people_.complete(result, ticket.tracks);
    sort_faces(result.faces);
    const VideoPosition here{ticket.position + 1, ticket.frame.number, ticket.frame.time_s};
    take_(std::move(result), ticket.frame.image, here.analysed % restart_interval(stream_) == 0 ? &here : nullptr);
  }

 private:
  void restart_tracker() {
    TrackerOptions options;
    options.detect_every = stream_.detect_every;
    tracker_.emplace(workers_.prototype().landmark_model().clone(), workers_.prototype().detector_name(), options);
  }

  VideoReader& reader_;
  std::string source_;
  FaceWorkers& workers_;
  People& people_;
  StreamOptions stream_;
  VideoPosition start_;
  const TakeFrame& take_;
  std::int64_t next_position_;
  bool embed_;
  std::optional<FaceTracker> tracker_;
};

}  // namespace

std::int64_t restart_interval(const StreamOptions& options) { return options.detect_every * std::max<std::int64_t>(1, 300 / options.detect_every); }

void analyze_video(VideoReader& reader, const std::string& source, FaceWorkers& workers, People& people, const AnalysisOptions& options,
                   const VideoPosition& start, int threads, const StopFlag& stop, const TakeFrame& take) {
  VideoStages stages(reader, source, workers, people, options, start, take);
  using tbb::filter_mode;
  const auto read = [&](tbb::flow_control& flow) -> TicketPtr {
    TicketPtr ticket = stop.requested() ? nullptr : stages.read();
    if (!ticket) flow.stop();
    return ticket;
  };
  const auto stage = [&](filter_mode mode, void (VideoStages::*work)(Ticket&)) {
    return tbb::make_filter<TicketPtr, TicketPtr>(mode, [&stages, work](TicketPtr ticket) {
      (stages.*work)(*ticket);
      return ticket;
    });
  };
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_pipeline(static_cast<std::size_t>(2 * threads + 2),
                           tbb::make_filter<void, TicketPtr>(filter_mode::serial_in_order, read) & stage(filter_mode::parallel, &VideoStages::detect) &
                               stage(filter_mode::serial_in_order, &VideoStages::follow) & stage(filter_mode::parallel, &VideoStages::describe) &
                               tbb::make_filter<TicketPtr, void>(filter_mode::serial_in_order, [&](const TicketPtr& ticket) { stages.finish(*ticket); }));
  });
  if (stop.requested()) throw Error(ErrorCode::interrupted, source + ": stopped");
}

}  // namespace mien
