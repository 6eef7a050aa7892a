// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/openmp_scope.h"

#include <omp.h>

#include <algorithm>

namespace mien::runtime {

namespace {

/// As many threads as a region gets that asks for `wanted`.
int obtainable(int wanted) {
  if (omp_in_parallel() || omp_get_max_active_levels() < 1) return 1;
  return std::max(1, std::min(wanted, omp_get_thread_limit()));
}

}  // namespace

OpenMpThreads::OpenMpThreads(int threads) : threads_before_(omp_get_max_threads()), dynamic_before_(omp_get_dynamic()) {
  omp_set_num_threads(obtainable(threads));
  omp_set_dynamic(0);  // a region has the threads that it asks for, whatever the load
}
OpenMpThreads::~OpenMpThreads() {
  omp_set_num_threads(threads_before_);
  omp_set_dynamic(dynamic_before_);
}

// No level of active regions: num_threads of a region, which oneDNN gives, cannot override that.
OpenMpAlone::OpenMpAlone() : levels_before_(omp_get_max_active_levels()) { omp_set_max_active_levels(0); }
OpenMpAlone::~OpenMpAlone() { omp_set_max_active_levels(levels_before_); }

bool inside_parallel_region() { return omp_in_parallel() != 0; }

}  // namespace mien::runtime
