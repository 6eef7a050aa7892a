// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/results/output_file.h"
#include "mien/results/result_writer.h"

namespace mien {

/// Where a target that can be continued is written.
inline OutputFile output_of(const WriterTarget& target) {
  if (target.descriptor >= 0) return OutputFile(target.descriptor, target.file.string());
  return OutputFile(target.file, target.append_after);
}

/// The writers of make_result_writer(), without its checks and rounding: they take results as rounded() returns them.
std::unique_ptr<ResultWriter> make_jsonl_writer(const WriterTarget& target, const AnalysisInfo& info);
std::unique_ptr<ResultWriter> make_csv_writer(const WriterTarget& target, const AnalysisInfo& info);
std::unique_ptr<ResultWriter> make_openface_writer(const WriterTarget& target, const AnalysisInfo& info);
std::unique_ptr<ResultWriter> make_pyfeat_writer(const WriterTarget& target, const AnalysisInfo& info);
std::unique_ptr<ResultWriter> make_deepface_writer(const WriterTarget& target, const AnalysisInfo& info);
std::unique_ptr<ResultWriter> make_html_writer(const WriterTarget& target, const AnalysisInfo& info);

}  // namespace mien
