// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mien {

/// What a study shall be reproduced with.
struct ReproduceRequest {
  std::string scale = "reduced";
  std::string data;                  ///< FORMAT:PATH
  std::string landmark_table;        ///< CSV table of 68 points by image; "" = the data set's own
  std::int64_t seeds = 0;            ///< seeds 1..N of every row; 0 = the scale's number
  std::vector<std::string> set;      ///< "option=value" for every row, "rows:option=value" for those whose key fits the pattern
  std::vector<std::string> only;     ///< keys of rows; empty = all
  std::vector<std::string> exclude;  ///< files that name images to leave out of the test
  std::vector<std::string> also;     ///< "NAME=FORMAT:PATH": data sets that every run is scored on as well
  std::filesystem::path output;
  bool retry_failed = false;  ///< train failed runs again from the start
};

}  // namespace mien
