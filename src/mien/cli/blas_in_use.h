// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace mien::cli {

/// The library that answers BLAS calls in this process.
struct BlasInUse {
  std::string path;    ///< with links resolved: Debian's libblas.so.3 is a link to the chosen alternative
  std::string config;  ///< what OpenBLAS says about itself; empty for others
};

/// nullopt when no loaded library offers sgemm under its usual name.
std::optional<BlasInUse> blas_in_use();

}  // namespace mien::cli
