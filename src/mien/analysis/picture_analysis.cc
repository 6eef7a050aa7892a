// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/picture_analysis.h"

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <memory>

#include "mien/base/attempt.h"
#include "mien/analysis/scaled_result.h"

namespace mien {
namespace {

struct Ticket {
  const std::string* file = nullptr;
  cv::Mat image;
  FrameResult result;
};

/// Any exception is this picture's failure.
void look(Ticket& ticket, FaceWorkers& workers) {
  const auto error = attempt(*ticket.file, [&] {
    const Picture picture = read_picture(*ticket.file);
    ticket.image = picture.pixels;
    ticket.result = analyze_picture(*ticket.file, picture, *FaceWorkers::Loan(workers).operator->());
  });
  if (!error) return;
  ticket.result = {};
  ticket.result.source = *ticket.file;
  ticket.result.error = error->what();
}

}  // namespace

FrameResult analyze_picture(const std::string& name, const Picture& picture, FaceWorker& worker) {
  FrameResult result;
  result.source = name;
  result.width = picture.full_size.width;
  result.height = picture.full_size.height;
  FacesFound found = worker.analyze(picture.pixels, false);
  result.faces = std::move(found.faces);
  for (auto& face : result.faces) to_file(picture, face);
  if (found.problem) result.error = found.problem->what();
  return result;
}

void analyze_pictures(const std::vector<std::string>& files, FaceWorkers& workers, int threads, const StopFlag& stop,
                      const std::function<void(FrameResult&&, const cv::Mat&)>& take) {
  using TicketPtr = std::shared_ptr<Ticket>;
  using tbb::filter_mode;
  std::size_t next = 0;
  const auto read = [&](tbb::flow_control& flow) -> TicketPtr {
    if (next == files.size() || stop.requested()) {
      flow.stop();
      return nullptr;
    }
    auto ticket = std::make_shared<Ticket>();
    ticket->file = &files[next++];
    return ticket;
  };
  const auto work = [&](TicketPtr ticket) {
    look(*ticket, workers);
    return ticket;
  };
  const auto finish = [&](const TicketPtr& ticket) { take(std::move(ticket->result), ticket->image); };
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_pipeline(static_cast<std::size_t>(2 * threads + 2), tbb::make_filter<void, TicketPtr>(filter_mode::serial_in_order, read) &
                                                                          tbb::make_filter<TicketPtr, TicketPtr>(filter_mode::parallel, work) &
                                                                          tbb::make_filter<TicketPtr, void>(filter_mode::serial_in_order, finish));
  });
  if (stop.requested()) throw Error(ErrorCode::interrupted, "stopped");
}

}  // namespace mien
