// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/start_limits.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <string_view>
#include <vector>

#include "mien/base/error.h"
#include "mien/base/parallel.h"

#define MIEN_PLAIN __attribute__((no_sanitize("address", "undefined", "thread")))

namespace mien::cli {
namespace {

// Before main(). What runs from .preinit_array runs before the constructors of every library: nothing here may allocate or throw.

/// What libraries and the program take before and beside the work itself.
constexpr unsigned long kAddressSpace = 700ul << 20;
/// Of every core: stacks, heaps and BLAS's buffer of its threads.
constexpr unsigned long kAddressSpaceOfCore = 160ul << 20;

MIEN_PLAIN [[noreturn]] void end(const char* message) {
  unsigned long length = 0;
  while (message[length] != 0) ++length;
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message, length);
  ::_exit(1);
}

MIEN_PLAIN unsigned long cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  unsigned long count = 0;
  for (int i = 0; i < CPU_SETSIZE; ++i) count += CPU_ISSET(i, &set) ? 1 : 0;
  return count > 0 ? count : 1;
}

/// OpenBLAS, given too little address space, tries again for ever.
MIEN_PLAIN void check_address_space() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const unsigned long wanted = kAddressSpace + cores() * kAddressSpaceOfCore;
  void* const space = ::mmap(nullptr, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED)
    end("error: the address space is limited to less than mien's libraries need to start\n"
        "hint: Raise the limit (ulimit -v; about 2 GB and 200 MB a core), or let mien see fewer cores (taskset -c 0 mien "
        "...).\n");
  ::munmap(space, wanted);
}

/// OpenBLAS, when it cannot start its threads, sends its own process SIGINT, which would look like Ctrl-C.
MIEN_PLAIN void on_early_interrupt(int, siginfo_t* info, void*) {
  if (info->si_pid == ::getpid())
    end("error: a library could not start its threads: the number of processes and threads is limited\n"
        "hint: Raise the limit (ulimit -u, or the container's), or let mien see fewer cores (taskset -c 0 mien ...).\n");
  ::_exit(130);
}

MIEN_PLAIN void before_libraries(int, char**, char**) {
  check_address_space();
  struct sigaction action {};
  action.sa_sigaction = on_early_interrupt;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGINT, &action, nullptr);
}

__attribute__((section(".preinit_array"), used)) void (*const entry)(int, char**, char**) = before_libraries;

struct Gate {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
};

void* wait_at(void* gate) {
  auto& mutex = static_cast<Gate*>(gate)->mutex;
  ::pthread_mutex_lock(&mutex);
  ::pthread_mutex_unlock(&mutex);
  return nullptr;
}

}  // namespace

int startable_threads(int wanted) {
  Gate gate;
  ::pthread_mutex_lock(&gate.mutex);
  std::vector<pthread_t> threads;
  for (int i = 0; i < wanted; ++i) {
    pthread_t thread{};
    if (::pthread_create(&thread, nullptr, wait_at, &gate) != 0) break;
    threads.push_back(thread);
  }
  ::pthread_mutex_unlock(&gate.mutex);
  for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
  return static_cast<int>(threads.size());
}

void check_thread_limit() {
  // OpenMP's threads, those of images or frames, and a few that load, follow and write.
  const int wanted = 2 * available_cores() + 4, found = startable_threads(wanted);
  if (found < wanted)
    throw Error(
        ErrorCode::io,
        fmt::format("the system lets mien start {} threads, on {} cores it may need {}", found, available_cores(), wanted),
        "Raise the limit (ulimit -u, ulimit -v, or the container's), or let mien see fewer cores (taskset -c 0 mien ...).");
}

}  // namespace mien::cli
