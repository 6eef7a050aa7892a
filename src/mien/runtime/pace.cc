// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/pace.h"

#include <algorithm>

namespace mien::runtime {

namespace {
constexpr double share_of_trials = 20;  ///< the other way is tried once in so many times of what it takes
constexpr double first_patience = 4;    ///< for the first time after a change
constexpr double longest_trial = 0.03;  ///< seconds, or one run
constexpr double clearly = 0.9;         ///< a change must promise a tenth at least
}  // namespace

void Pace::Recent::add(double seconds) { times_[count_++ % times_.size()] = seconds; }

void Pace::Recent::restart(double seconds) {
  count_ = 0;
  add(seconds);
}

double Pace::Recent::median() const {
  auto sorted = times_;
  const std::size_t known = std::min(count_, sorted.size());
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(known));
  return sorted[known / 2];
}

/// The first trial of one thread comes after as many spread runs as it may cost at most, twice over; a second one only when the
/// spread runs have become slow without being slower than one thread was.
bool Pace::time_for_a_trial() const {
  if (alone_) return in_trial_ || since_trial_ >= patience_ * trial_cost_;
  if (spread_.count() < 5) return false;
  if (single_.count() == 0) return since_trial_ >= 2 * threads_ * fastest_;
  return spread_.median() > 1.5 * fastest_ && since_trial_ >= share_of_trials * single_.median();
}

bool Pace::alone() const {
  if (threads_ <= 1) return true;
  return time_for_a_trial() ? !alone_ : alone_;
}

void Pace::choose(bool alone) {
  alone_ = alone;
  since_trial_ = 0;
  patience_ = first_patience;
  trial_cost_ = spread_.median();
  in_trial_ = false;
}

/// One thread is chosen, and a run was spread all the same.
void Pace::tried_spread(double seconds) {
  const double single = single_.median();
  if (!in_trial_) {
    in_trial_ = true;
    trial_cost_ = 0;
  }
  trial_cost_ += seconds;
  if (seconds < clearly * single) {
    spread_.restart(seconds);
    choose(false);
  } else if (seconds > 2.5 * single || trial_cost_ >= longest_trial) {
    in_trial_ = false;
    since_trial_ = 0;
    patience_ = std::min(2 * patience_, share_of_trials);
  }
}

void Pace::took(bool alone, double seconds) {
  if (threads_ <= 1) return;
  if (!warm_) {
    warm_ = true;
    return;
  }
  if (!alone) fastest_ = fastest_ > 0 ? std::min(fastest_, seconds) : seconds;
  if (alone_ && !alone) return tried_spread(seconds);
  since_trial_ = alone == alone_ ? since_trial_ + seconds : 0;
  if (alone && !alone_)
    single_.restart(seconds);  // what was known is old
  else
    (alone ? single_ : spread_).add(seconds);
  if (!alone_ && single_.count() > 0 && spread_.count() >= 5 && single_.median() < clearly * spread_.median()) choose(true);
}

}  // namespace mien::runtime
