// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/short_waits.h"

#include <time.h>
#include <unistd.h>

// What runs from .preinit_array runs before every library's constructors, also libc's: nothing here may allocate, read environ or be
// instrumented.
#if defined(__x86_64__)
#define MIEN_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define MIEN_PAUSE() __asm__ volatile("yield")
#else
#define MIEN_PAUSE() __asm__ volatile("")
#endif

namespace mien::cli {

namespace {

constexpr char kName[] = "GOMP_SPINCOUNT=";
constexpr long kWaitNs = 600000;
char setting[sizeof kName + 20];
char* replaced = nullptr;  ///< the user's variable whose place the setting has

__attribute__((no_sanitize("address", "undefined"))) bool begins_with(const char* text, const char* start) {
  while (*start != 0 && *text == *start) ++text, ++start;
  return *start == 0;
}

__attribute__((no_sanitize("address", "undefined"))) long long now_ns() {
  timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? 1000000000LL * t.tv_sec + t.tv_nsec : 0;
}

/// Turns of OpenMP's waiting loop in kWaitNs: a pause takes 10 ns on one processor and 50 on another.
__attribute__((no_sanitize("address", "undefined"))) long turns() {
  constexpr long sample = 500;
  long long fastest = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const long long start = now_ns();
    for (long i = 0; i < sample; ++i) MIEN_PAUSE();
    const long long took = now_ns() - start;
    if (took > 0 && (fastest == 0 || took < fastest)) fastest = took;
  }
  const long count = fastest > 0 ? static_cast<long>(kWaitNs * sample / fastest) : 10000;
  return count < 1000 ? 1000 : count > 200000 ? 200000 : count;
}

__attribute__((no_sanitize("address", "undefined"))) void write_setting() {
  char* to = setting;
  for (const char* from = kName; *from != 0;) *to++ = *from++;
  char digits[20];
  int n = 0;
  for (long rest = turns(); rest > 0; rest /= 10) digits[n++] = static_cast<char>('0' + rest % 10);
  while (n > 0) *to++ = digits[--n];
  *to = 0;
}

/// The place of a variable that no library reads while it is loaded; null when there is none, or the user has decided.
__attribute__((no_sanitize("address", "undefined"))) char** free_place(char** environment) {
  static const char* const unread[] = {"_=",    "OLDPWD=",  "SHLVL=",         "PWD=",           "LS_COLORS=",       "HOSTNAME=",
                                       "MAIL=", "LOGNAME=", "INVOCATION_ID=", "JOURNAL_STREAM=", "SYSTEMD_EXEC_PID="};
  char** place = nullptr;
  for (char** at = environment; *at != nullptr; ++at) {
    if (begins_with(*at, "OMP_WAIT_POLICY=") || begins_with(*at, kName)) return nullptr;
    for (const char* name : unread)
      if (place == nullptr && begins_with(*at, name)) place = at;
  }
  return place;
}

__attribute__((no_sanitize("address", "undefined"))) void before_libraries(int, char**, char** environment) {
  char** place = free_place(environment);
  if (place == nullptr) return;
  write_setting();
  replaced = *place;
  *place = setting;
}

__attribute__((section(".preinit_array"), used)) void (*const entry)(int, char**, char**) = before_libraries;

}  // namespace

const char* restore_environment() {
  if (replaced == nullptr) return "";
  // A library may have copied the list meanwhile; the pointers are the same.
  for (char** at = environ; at != nullptr && *at != nullptr; ++at)
    if (*at == setting) *at = replaced;
  replaced = nullptr;
  return setting;
}

}  // namespace mien::cli
