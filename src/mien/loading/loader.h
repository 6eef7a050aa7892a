// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mien/data/dataset.h"
#include "mien/loading/host_batch.h"
#include "mien/loading/sampler.h"
#include "mien/loading/transform.h"

namespace mien {

struct LoaderOptions {
  std::int64_t batch_size = 64;
  std::int64_t threads = 2;        ///< worker threads, 0 = `next` does the work; the batches do not depend on this number
  std::int64_t batches_ahead = 4;  ///< finished batches held in memory at most
  bool drop_last = false;          ///< drop an incomplete last batch
  double max_bad_share = 0.05;     ///< stop when more than this share of an epoch's samples cannot be decoded
  std::uint64_t seed = 0;
};

/// Multi-threaded source of batches. The same (data set, sampler, options, seed, epoch) gives the same batches whatever
/// the number of threads: every sample's randomness is keyed by (seed, epoch, index) and by how often the epoch has shown it
/// before, batches come in order, and bad files (missing, unreadable, not decodable) are left out of their batch (never
/// replaced). The methods are called from one thread; the destructor stops the workers after their present sample.
class Loader {
 public:
  /// `augmentation` empty = none (evaluation). Throws Error{usage} for options out of range.
  Loader(std::shared_ptr<const Dataset> dataset, Preprocessing preprocessing, std::optional<AugmentOptions> augmentation,
         SamplerOptions sampler, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Begins epoch `epoch`, and ends the one before; batches before `first_batch` are skipped without being decoded (resume).
  /// Throws Error{usage} for a sampler that is unknown or a `first_batch` beyond the epoch.
  void start(std::int64_t epoch, std::int64_t first_batch = 0);
  /// The next batch in order, or nullopt at the end of the epoch. A batch in which every sample was bad has size 0.
  /// Throws Error{bad_data} naming the first bad files once more than max_bad_share of the epoch's samples were bad, and
  /// whatever another exception a worker met, in its batch's turn; the epoch is over then.
  std::optional<HostBatch> next();
  /// Batches of the epoch that was started.
  std::int64_t batches() const;
  /// Bad samples seen so far in this epoch.
  const std::vector<BadSample>& bad() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
