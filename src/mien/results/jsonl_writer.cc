// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/output_file.h"
#include "mien/results/result_json.h"
#include "mien/results/writers.h"

namespace mien {
namespace {

class JsonlWriter : public ResultWriter {
 public:
  JsonlWriter(const WriterTarget& target, const AnalysisInfo& info) : file_(output_of(target)), to_json_(info) {}

  void write(const FrameResult& frame, const cv::Mat&) override {
    line_.clear();
    to_json_.append(line_, frame);
    line_ += '\n';
    file_.write(line_);
  }
  void flush() override { file_.flush(); }
  void finish() override { file_.close(); }
  std::int64_t written_bytes() const override { return file_.bytes(); }

 private:
  OutputFile file_;
  ResultToJson to_json_;
  std::string line_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_jsonl_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<JsonlWriter>(target, info);
}

}  // namespace mien
