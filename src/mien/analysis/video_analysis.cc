// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/video_analysis.h"

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "mien/base/attempt.h"
#include "mien/tracking/face_tracker.h"

namespace mien {
namespace {

/// Track numbers of one tracker, and trackers between two places where tracking starts anew.
constexpr std::int64_t tracks_of_a_tracker = 1'000'000, trackers_of_a_part = 1'000;

/// A frame on its way through the stages.
struct Ticket {
  VideoFrame frame;
  std::int64_t position = 0;  ///< analysed frames before this one
  bool failed = false;        ///< nothing can be said of this frame but its error
  std::optional<std::vector<Detection>> detections;
  std::vector<std::int64_t> tracks;
  FrameResult result;
};
using TicketPtr = std::shared_ptr<Ticket>;

/// Does a stage's work on a frame; what it throws is the frame's failure.
template <typename Work>
void work_on(Ticket& ticket, const Work& work) {
  const auto error = attempt(fmt::format("frame {}", ticket.frame.number), work);
  if (!error) return;
  ticket.failed = true;
  ticket.result.faces.clear();
  ticket.tracks.clear();
  ticket.result.error = error->what();
}

class VideoStages {
 public:
  VideoStages(VideoReader& reader, std::string source, FaceWorkers& workers, People& people, const AnalysisOptions& options,
              const VideoPosition& start, const TakeFrame& take)
      : reader_(reader), source_(std::move(source)), workers_(workers), people_(people), stream_(options.stream), start_(start), take_(take),
        next_position_(start.analysed), embed_(options.stream.identities && options.faces.embedding != "none") {}

  /// Null at the end, and when reading fails: the frames before are on their way and must come out first.
  TicketPtr read() {
    try {
      return next_ticket();
    } catch (...) {
      read_failure_ = std::current_exception();
      return nullptr;
    }
  }
  std::exception_ptr read_failure() const { return read_failure_; }

  /// Any number of frames at a time.
  void detect(Ticket& ticket) {
    work_on(ticket, [&] {
      if (ticket.position % stream_.detect_every == 0) ticket.detections = FaceWorkers::Loan(workers_)->detect(ticket.frame.image);
    });
  }

  /// In order. A frame that fails is a gap: tracking starts anew after it.
  void follow(Ticket& ticket) {
    const std::int64_t part = ticket.position / restart_interval(stream_);
    if (part != part_) {
      part_ = part;
      trackers_ = 0;
      tracker_.reset();
    }
    if (!ticket.failed) work_on(ticket, [&] { follow_faces(ticket); });
    if (ticket.failed) tracker_.reset();
  }

  /// Any number of frames at a time.
  void describe(Ticket& ticket) {
    if (ticket.failed) return;
    work_on(ticket, [&] {
      FaceWorkers::Loan worker(workers_);
      for (auto& face : ticket.result.faces)
        if (const auto problem = worker->describe(ticket.frame.image, face, embed_ && !face.followed))
          ticket.result.error += fmt::format("{}{}", ticket.result.error.empty() ? fmt::format("frame {}: ", ticket.frame.number) : "; ", problem->what());
    });
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
    if (!ticket.failed) people_.complete(result, ticket.tracks);
    sort_faces(result.faces);
    const VideoPosition here{ticket.position + 1, ticket.frame.number, ticket.frame.time_s};
    take_(std::move(result), ticket.frame.image, here.analysed % restart_interval(stream_) == 0 ? &here : nullptr);
  }

 private:
  TicketPtr next_ticket() {
    auto frame = reader_.next();
    while (frame && frame->number <= start_.last_frame) frame = reader_.next();
    if (!frame) return nullptr;
    auto ticket = std::make_shared<Ticket>();
    ticket->frame = std::move(*frame);
    ticket->position = next_position_++;
    return ticket;
  }

  void follow_faces(Ticket& ticket) {
    if (!tracker_) start_tracker(ticket.position);
    const std::int64_t place = ticket.position - tracker_start_;
    if (!ticket.detections && tracker_->wants_detection(place)) ticket.detections = FaceWorkers::Loan(workers_)->detect(ticket.frame.image);
    for (const TrackedFace& tracked : tracker_->update(ticket.frame.image, ticket.detections ? &*ticket.detections : nullptr)) {
      FaceResult face;
      face.box = tracked.detection.box;
      face.score = tracked.detection.score;
      face.followed = tracked.followed;
      face.landmarks = tracked.landmarks.points;
      ticket.result.faces.push_back(std::move(face));
      ticket.tracks.push_back((part_ * trackers_of_a_part + trackers_ % trackers_of_a_part) * tracks_of_a_tracker + tracked.track);
    }
  }

  void start_tracker(std::int64_t position) {
    TrackerOptions options;
    options.detect_every = stream_.detect_every;
    tracker_.emplace(workers_.prototype().landmark_model().clone(), workers_.prototype().detector_name(), options);
    tracker_start_ = position;
    ++trackers_;
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
  std::exception_ptr read_failure_;
  std::optional<FaceTracker> tracker_;
  std::int64_t tracker_start_ = 0;          ///< position of the first frame it saw
  std::int64_t part_ = -1, trackers_ = 0;  ///< the part of the video between two restarts, and how many trackers it has had
};

}  // namespace

std::int64_t restart_interval(const StreamOptions& options) { return options.detect_every * std::max<std::int64_t>(1, 300 / options.detect_every); }

std::exception_ptr analyze_video(VideoReader& reader, const std::string& source, FaceWorkers& workers, People& people, const AnalysisOptions& options,
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
  return stages.read_failure();
}

}  // namespace mien
