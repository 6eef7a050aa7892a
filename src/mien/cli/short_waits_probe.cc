// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Says what OpenMP was told, computes in parallel, and lists the environment that a program started from here gets.
#include <omp.h>

#include <cstdio>
#include <cstdlib>

#include "mien/cli/short_waits.h"

int main() {
  std::printf("told: %s\n", mien::cli::restore_environment());
  int threads = 0;
#pragma omp parallel num_threads(2)
#pragma omp single
  threads = omp_get_num_threads();
  std::printf("threads: %d\n", threads);
  std::fflush(stdout);
  return std::system("env") == 0 ? 0 : 1;
}
