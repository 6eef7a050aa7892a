// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/result_reader.h"

#include <fmt/format.h>

#include "mien/results/result_writer.h"
#include "mien/base/error.h"

namespace mien {

ResultReader::ResultReader(const std::filesystem::path& file) : file_(file), in_(file, std::ios::binary) {
  if (!in_ || std::filesystem::is_directory(file))
    throw Error(ErrorCode::not_found, fmt::format("{}: cannot open the results", file.string()),
                "Give the results.jsonl of an analysis.");
}

bool ResultReader::next(FrameResult& frame) {
  std::getline(in_, text_);
  if (in_.bad()) throw Error(ErrorCode::io, fmt::format("{}:{}: cannot read on", file_.string(), line_ + 1));
  if (in_.eof()) return false;
  frame = from_json_.read(text_, fmt::format("{}:{}", file_.string(), ++line_));
  return true;
}

void read_results(const std::filesystem::path& jsonl, const std::function<void(const FrameResult&)>& each) {
  ResultReader reader(jsonl);
  for (FrameResult frame; reader.next(frame);) each(frame);
}

AnalysisInfo info_of_results(const std::filesystem::path& jsonl) {
  AnalysisInfo info;
  ResultReader reader(jsonl);
  for (FrameResult frame; reader.next(frame);) {
    for (const auto& face : frame.faces) {
      info.has_identities |= face.identity >= 0;
      info.has_valence_arousal |= face.valence || face.arousal;
      info.has_action_units |= !face.action_units.empty();
      info.has_raw_probabilities |= !face.raw_probabilities.empty();
    }
  }
  info.class_names = reader.class_names();
  return info;
}

}  // namespace mien
