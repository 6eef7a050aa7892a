// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/report_page.h"
#include "mien/results/writers.h"
#include "mien/base/files.h"

namespace mien {
namespace {

/// Gathers while results come and writes the page at the end.
class HtmlWriter : public ResultWriter {
 public:
  HtmlWriter(const WriterTarget& target, const AnalysisInfo& info) : target_(target), data_(info) {
    // A place that cannot be written shows now and not after hours; an older page stays until the new one is complete.
    if (!fs::exists(target_.file)) write_atomically(target_.file, "");
  }

  void write(const FrameResult& frame, const cv::Mat& image) override { data_.take(frame, image); }
  void flush() override {}
  void finish() override {
    data_.finish();
    write_atomically(target_.file, report_page(data_, target_.fetch));
  }
  std::int64_t written_bytes() const override { return 0; }

 private:
  WriterTarget target_;
  ReportData data_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_html_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<HtmlWriter>(target, info);
}

}  // namespace mien
