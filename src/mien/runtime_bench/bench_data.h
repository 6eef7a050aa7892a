// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/base/files.h"
#include "mien/runtime_bench/bench.h"

namespace mien::runtime_bench {

/// The files that all sides of a measurement share: random inputs, and the network with ranges for int8.
class BenchData {
 public:
  /// Asks a process of ours what the network takes, draws the inputs, and calibrates when int8 is among the precisions.
  BenchData(const BenchModel& model, const BenchOptions& options, const StopFlag& stop);

  /// True when the file can run batches of this size.
  bool allows(std::int64_t batch) const { return fixed_batch_ < 0 || fixed_batch_ == batch; }
  std::int64_t fixed_batch() const { return fixed_batch_; }
  /// Hands inputs and network to a side. Returns why the side cannot take part, or "".
  std::string prepare(Side& side, const BenchOptions& options, const StopFlag& stop) const;
  /// Output 0 of a side for all inputs; sets `columns`.
  std::vector<float> answers(Side& side, std::int64_t batch, const StopFlag& stop, std::int64_t& columns) const;

 private:
  TemporaryFolder folder_{"mien-bench"};
  BenchModel model_;
  std::vector<std::int64_t> shape_;  ///< of all inputs
  std::int64_t fixed_batch_ = -1;
  fs::path inputs_, calibrated_;
};

}  // namespace mien::runtime_bench
