// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/runtime_bench/sides.h"

namespace mien::runtime_bench {

struct BenchOptions {
  WorkerCommand worker;                    ///< starts a process that calls serve()
  std::optional<OnnxRuntime> onnxruntime;  ///< the side to compare with; none: ours alone
  std::vector<std::string> precisions = {"fp32", "bf16", "int8"};
  std::vector<std::int64_t> batches = {1, 16};
  int threads = 2;                ///< on every side
  std::int64_t rounds = 10;       ///< turns of every side
  double burst_seconds = 0.25;    ///< length of a turn; one run at least
  std::int64_t examples = 16;     ///< random images that answers are compared on and int8 is calibrated on
  std::int64_t input_size = 224;  ///< pixels, for files that leave height and width open
  std::uint64_t seed = 1;
  std::vector<int> busy = {0};    ///< how many other threads compute without end meanwhile: everything is measured beside each number
  std::int64_t floor_rounds = 0;  ///< runs of every convolution and product alone, for BenchRow::floor_ms_per_image; 0: not measured
  std::int64_t profile_rounds = 10;
};

/// A network to measure.
struct BenchModel {
  std::string name;
  fs::path file;
};

/// What one side did at one batch size.
struct BenchRow {
  std::string model, program, precision;
  std::int64_t batch = 0;
  int threads = 0;
  int busy = 0;                  ///< other threads that computed without end
  double ms_per_image = 0;       ///< median over the turns of each turn's median run: a turn with few, slow runs counts as much
  double spread = 0;             ///< interquartile range of the turns' medians, share of their median; 0 for a single turn
  double mean_ms_per_image = 0;  ///< all time by all images: far above the median when single runs were held up
  std::optional<double> ratio;   ///< to ONNX Runtime: median over rounds of (its median / ours); above 1 is faster
  double gflops = 0;             ///< 1e9 multiplications and additions of convolutions and matrix products a second
  double fastest_gflops = 0;     ///< of the fastest run
  std::optional<double> peak_share;           ///< gflops as a share of the measured peak at this precision
  /// All convolutions and products of the network, each alone as a primitive of oneDNN at this precision, batch and number of threads
  /// (see floor.h), on a machine without busy loops; for our side only.
  std::optional<double> floor_ms_per_image;
  double resident_mb = 0;                     ///< growth of the process by loading and running, at its highest
  double weights_mb = 0, activations_mb = 0;  ///< what our runtime says it holds; 0 for others
  double file_mb = 0;
  double max_difference = 0, top1 = 0;  ///< against fp32 (of ONNX Runtime where it takes part, else ours), see Agreement
};

/// Peak 1e9 operations a second by precision, as reached by large convolutions and matrix products in our own runtime: an upper
/// bound for what this software does on this machine, not what the data sheet says.
using Peaks = std::map<std::string, double>;
Peaks measure_peaks(const BenchOptions& options, Progress& progress, const StopFlag& stop);

/// Measures a network at every batch size: all sides in turn, in short bursts, so that what else the machine does hits all of
/// them alike. Sides that cannot run (a precision that the processor lacks, a batch that the file does not allow) are left out
/// with a warning. Throws Error{usage} for networks with other than one float input of shape [N,C,H,W].
std::vector<BenchRow> bench_model(const BenchModel& model, const BenchOptions& options, const Peaks& peaks, Progress& progress,
                                  const StopFlag& stop);

/// Time of one layer.
struct LayerRow {
  std::string model, precision;
  std::int64_t batch = 0;
  std::string layer, operation, implementation, output_shape;
  double gflop = 0, ms = 0;
};
/// Every layer of our runtime at every precision and batch size, in the order of computation.
std::vector<LayerRow> profile_model(const BenchModel& model, const BenchOptions& options, Progress& progress,
                                    const StopFlag& stop);

}  // namespace mien::runtime_bench
