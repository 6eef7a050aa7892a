// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mien/results/result_json.h"

namespace mien {

/// Reads a "jsonl" file one result after the other. A last line without its end of line was cut off and is ignored.
class ResultReader {
 public:
  /// Throws Error{not_found}.
  explicit ResultReader(const std::filesystem::path& file);
  /// False at the end. Throws Error{bad_file} that names the line.
  bool next(FrameResult& frame);
  const std::vector<std::string>& class_names() const { return from_json_.class_names(); }

 private:
  std::filesystem::path file_;
  std::ifstream in_;
  std::int64_t line_ = 0;
  std::string text_;
  ResultFromJson from_json_;
};

}  // namespace mien
