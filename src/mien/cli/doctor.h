// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/base/shipped_files.h"

namespace mien::cli {

/// One thing that was looked at.
struct Finding {
  enum class Status { ok, note, warning };
  Status status = Status::ok;
  std::string name;    ///< e.g. "blas"
  std::string value;   ///< what was found
  std::string advice;  ///< what to do; empty when nothing needs doing
};

/// Looks at processor, memory, BLAS, libtorch, GPU, models and gnuplot.
std::vector<Finding> examine(const ModelPlaces& places = {});

/// The instruction sets that matter here, out of the "flags" line of a /proc/cpuinfo text, e.g. {"avx2", "amx_int8"}.
std::vector<std::string> vector_instructions(const std::string& cpuinfo);

/// Which BLAS a library is, by its resolved path: "OpenBLAS", "MKL", "BLIS", "ATLAS", "reference" or "unknown".
std::string blas_kind(const std::string& path);

}  // namespace mien::cli
