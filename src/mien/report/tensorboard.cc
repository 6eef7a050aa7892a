// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/report/event_file.h"
#include "mien/report/training_report.h"

namespace mien {
namespace {

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

/// The newest event file of the folder, by name (names begin with the time of creation); empty when there is none.
fs::path newest_event_file(const fs::path& folder) {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().rfind("events.out.tfevents.", 0) == 0) newest = std::max(newest, entry.path());
  return newest;
}

}  // namespace

struct TensorBoardWriter::State {
  fs::path file;
  std::ofstream out;
  std::map<std::string, std::int64_t> last_step;

  void append(const ScalarEvent& event) {
    const std::string record = frame_record(encode_event(event));
    out.write(record.data(), static_cast<std::streamsize>(record.size()));
    check();
  }
  void check() {
    if (!out) throw Error(ErrorCode::io, fmt::format("{}: cannot write", file.string()), "Is the disk full?");
  }
  void resume() {
    const EventFile old = read_event_file(file);
    for (const auto& event : old.events) {
      if (event.tag.empty()) continue;
      const auto known = last_step.try_emplace(event.tag, event.step).first;
      known->second = std::max(known->second, event.step);
    }
    fs::resize_file(file, old.valid_bytes);
  }
};

TensorBoardWriter::TensorBoardWriter(const std::filesystem::path& folder) : state_(std::make_unique<State>()) {
  fs::create_directories(folder);
  state_->file = newest_event_file(folder);
  if (!state_->file.empty())
    state_->resume();
  else
    state_->file = folder / fmt::format("events.out.tfevents.{:.0f}.mien", now_s());
  state_->out.open(state_->file, std::ios::binary | std::ios::app);
  state_->check();
  if (fs::file_size(state_->file) == 0) state_->append({now_s(), 0, "brain.Event:2", "", 0});
  flush();
}

TensorBoardWriter::~TensorBoardWriter() { state_->out.flush(); }

void TensorBoardWriter::scalar(const std::string& tag, double value, std::int64_t step) {
  if (tag.empty()) throw Error(ErrorCode::bad_data, "a scalar needs a tag");
  const auto known = state_->last_step.find(tag);
  if (known != state_->last_step.end() && step <= known->second) return;
  state_->append({now_s(), step, "", tag, static_cast<float>(value)});
  state_->last_step[tag] = step;
}

void TensorBoardWriter::flush() {
  state_->out.flush();
  state_->check();
}

}  // namespace mien
