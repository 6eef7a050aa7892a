// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/result_writer.h"

#include <fmt/format.h>

#include "mien/results/checked_results.h"
#include "mien/results/result_reader.h"
#include "mien/results/writers.h"
#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

struct Format {
  const char* name;
  std::unique_ptr<ResultWriter> (*make)(const WriterTarget&, const AnalysisInfo&);
  bool can_continue;
};
constexpr Format kFormats[] = {{"jsonl", make_jsonl_writer, true},        {"csv", make_csv_writer, true},
                               {"openface", make_openface_writer, false}, {"pyfeat", make_pyfeat_writer, false},
                               {"deepface", make_deepface_writer, false}, {"html", make_html_writer, false}};

const Format& format_of(const std::string& name) {
  for (const auto& format : kFormats)
    if (name == format.name) return format;
  const std::string known = fmt::format("Known: {}.", join(result_formats(), ", "));
  if (name == "parquet")
    throw Error(ErrorCode::usage, "results cannot be written as \"parquet\"",
                "\"csv\" and \"jsonl\" hold the same values. " + known);
  throw Error(ErrorCode::usage, fmt::format("unknown format '{}' for results", name), known);
}

std::unique_ptr<ResultWriter> make_plain_writer(const WriterTarget& target, const AnalysisInfo& info) {
  const Format& format = format_of(target.format);
  if (target.append_after > 0 && !format.can_continue)
    throw Error(ErrorCode::usage,
                fmt::format("{}: a file in the format \"{}\" cannot be continued", target.file.string(), target.format),
                "Write \"jsonl\", and make the others from it when it is complete.");
  return format.make(target, info);
}

/// All formats are written from the same numbers, so that it does not matter whether a result went through "jsonl" first.
class CheckedWriter : public ResultWriter {
 public:
  CheckedWriter(std::unique_ptr<ResultWriter> writer, const AnalysisInfo& info) : writer_(std::move(writer)), info_(info) {}
  void write(const FrameResult& frame, const cv::Mat& image) override {
    check_result(frame, info_);
    writer_->write(rounded(frame), image);
  }
  void flush() override { writer_->flush(); }
  void finish() override { writer_->finish(); }
  std::int64_t written_bytes() const override { return writer_->written_bytes(); }

 private:
  std::unique_ptr<ResultWriter> writer_;
  AnalysisInfo info_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_result_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<CheckedWriter>(make_plain_writer(target, info), info);
}

std::vector<std::string> result_formats() {
  std::vector<std::string> names;
  for (const auto& format : kFormats) names.emplace_back(format.name);
  return names;
}

void convert_results(const std::filesystem::path& jsonl, const std::vector<WriterTarget>& targets, const AnalysisInfo& info) {
  ResultReader reader(jsonl);
  std::vector<std::unique_ptr<ResultWriter>> writers;
  for (const auto& target : targets) {
    std::error_code not_there;
    if (std::filesystem::equivalent(jsonl, target.file, not_there))
      throw Error(ErrorCode::usage, fmt::format("{}: results cannot be written to the file they are read from", jsonl.string()),
                  "Give another name.");
    writers.push_back(make_plain_writer(target, info));
  }
  for (FrameResult frame; reader.next(frame);) {
    if (!reader.class_names().empty() && reader.class_names() != info.class_names)
      throw Error(ErrorCode::mismatch,
                  fmt::format("{}: expected the classes {}, found {}", jsonl.string(), join(info.class_names, ", "),
                              join(reader.class_names(), ", ")),
                  "The results were made with another model.");
    check_result(frame, info);
    for (const auto& writer : writers) writer->write(frame, {});
  }
  for (const auto& writer : writers) writer->finish();
}

}  // namespace mien
