// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mien::runtime {

/// While it lives, parallel regions that the calling thread opens have `threads` threads, and oneDNN makes primitives for as
/// many. Fewer where OpenMP would give fewer (inside a parallel region, under a limit): oneDNN takes the number that is set for
/// the number it gets, and some of its matrix products leave a part out otherwise. Afterwards the thread has its own settings
/// again: a library must not change how its host computes. OpenMP keeps them for each thread; no other thread sees them.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int threads);
  ~OpenMpThreads();
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int threads_before_, dynamic_before_;
};

/// While it lives, parallel regions that the calling thread opens run on it alone, also those of oneDNN primitives that were made
/// for more threads: same kernels, no waiting for others.
class OpenMpAlone {
 public:
  OpenMpAlone();
  ~OpenMpAlone();
  OpenMpAlone(const OpenMpAlone&) = delete;
  OpenMpAlone& operator=(const OpenMpAlone&) = delete;

 private:
  OpenMpThreads one_{1};
  int levels_before_;
};

/// True inside a parallel region: whoever opened it has given each thread its work already.
bool inside_parallel_region();

}  // namespace mien::runtime
