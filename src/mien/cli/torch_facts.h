// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace mien::cli {

/// What libtorch says about itself.
struct TorchFacts {
  std::string version;         ///< of the headers built against, e.g. "1.13.1"
  std::string cpu_capability;  ///< e.g. "AVX2": vector instructions its own kernels use
  int threads = 0;             ///< that it starts with
  bool onednn = false;
  bool mkl = false;
  bool cuda_built = false;  ///< this libtorch can use a GPU at all
  int cuda_devices = 0;
};

/// nullopt when the program was built without libtorch.
std::optional<TorchFacts> torch_facts();

}  // namespace mien::cli
