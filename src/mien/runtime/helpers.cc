// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/helpers.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace mien::runtime {

namespace {

/// Threads that are started meanwhile take none of the host's signals.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

struct Job {
  const std::function<void(int)>* work;
  int lanes, next_lane = 1, running = 0;
  std::exception_ptr failure = nullptr;
  std::condition_variable finished{};
};

}  // namespace

/// The threads of one process and what they share.
struct Helpers::Gang {
  const pid_t process = ::getpid();
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job*> jobs;  ///< that helpers may join
  std::vector<std::thread> threads;
  bool ends = false;

  ~Gang() {
    {
      const std::lock_guard lock(mutex);
      ends = true;
    }
    wake.notify_all();
    for (auto& thread : threads) thread.join();
  }

  /// Needs the lock.
  void start(int count) {
    const SignalsBlocked blocked;
    try {
      while (static_cast<int>(threads.size()) < count) threads.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
      // No more threads to be had: those that there are do the work.
    }
  }

  void call(Job& job, int lane) {
    try {
      (*job.work)(lane);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!job.failure) job.failure = std::current_exception();
    }
  }

  void help() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return ends || !jobs.empty(); });
      if (ends) return;
      Job& job = *jobs.front();
      const int lane = job.next_lane++;
      if (job.next_lane >= job.lanes) jobs.pop_front();
      ++job.running;
      lock.unlock();
      call(job, lane);
      lock.lock();
      if (--job.running == 0) job.finished.notify_one();
    }
  }

  void share(Job& job) {
    {
      const std::lock_guard lock(mutex);
      start(job.lanes - 1);
      jobs.push_back(&job);
    }
    for (int lane = 1; lane < job.lanes; ++lane) wake.notify_one();
    call(job, 0);
    std::unique_lock lock(mutex);
    jobs.erase(std::remove(jobs.begin(), jobs.end(), &job), jobs.end());
    job.finished.wait(lock, [&] { return job.running == 0; });
  }
};

Helpers::Helpers() : gang_(new Gang) {}

Helpers::~Helpers() {
  Gang* gang = gang_.load();
  if (gang->process == ::getpid()) delete gang;
}

/// fork() copies objects, not threads. What it copied may be locked, waited for by threads that are no more: nobody may touch it.
Helpers::Gang& Helpers::gang() {
  Gang* gang = gang_.load();
  if (gang->process == ::getpid()) return *gang;
  auto own = std::make_unique<Gang>();
  if (gang_.compare_exchange_strong(gang, own.get())) return *own.release();
  return *gang;
}

void Helpers::share(int lanes, const std::function<void(int)>& work) {
  if (lanes <= 1) {
    work(0);
    return;
  }
  Job job{&work, lanes};
  gang().share(job);
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace mien::runtime
