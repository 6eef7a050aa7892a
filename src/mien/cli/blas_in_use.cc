// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/blas_in_use.h"

#include <dlfcn.h>

#include <filesystem>

#include "mien/base/text.h"

namespace mien::cli {

std::optional<BlasInUse> blas_in_use() {
  void* sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info{};
  if (sgemm == nullptr || dladdr(sgemm, &info) == 0 || info.dli_fname == nullptr) return std::nullopt;
  std::error_code error;
  const auto resolved = std::filesystem::canonical(info.dli_fname, error);
  BlasInUse blas{error ? info.dli_fname : resolved.string(), ""};
  // Debian's OpenBLAS offers libblas.so.3 of its own, so the question goes to the process as a whole.
  if (void* config = dlsym(RTLD_DEFAULT, "openblas_get_config"))
    blas.config = trim(reinterpret_cast<const char* (*)()>(config)());
  return blas;
}

}  // namespace mien::cli
