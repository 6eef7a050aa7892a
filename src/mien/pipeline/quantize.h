// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/loading/host_batch.h"

namespace mien {

struct QuantizeOptions {
  double percentile = 0.9999;         ///< share of the observed magnitudes that an 8-bit range covers
  double least_bf16 = 0.995;          ///< share of check images with the answer of fp32 that bf16 must reach
  double least_int8 = 0.99;           ///< the same for int8
  double most_accuracy_loss = 0.003;  ///< accuracy that int8 and bf16 may lose on the check images, where they have labels
  std::int64_t threads = 0;           ///< 0 = all cores
};

/// How one precision did on the check images.
struct PrecisionCheck {
  std::string precision;
  std::int64_t images = 0, labelled = 0;
  double agreement = 1;  ///< share with the same answer as fp32
  double accuracy = 0;   ///< among the labelled ones
  bool passed = false;
};

struct QuantizeResult {
  std::vector<PrecisionCheck> checks;    ///< fp32, bf16 (where the processor has it), int8
  std::vector<std::string> float_nodes;  ///< layers that stay in higher precision
  std::size_t layers = 0;                ///< convolutions and products in all
};

/// Observes the ranges of an ONNX file's values on `calibration`, compares bf16 and int8 with fp32 on `check`, keeps as few
/// layers in higher precision as the limits allow (those whose rounding alone moves the logits most come first), and writes the
/// file again with these facts in its metadata: its weights stay float32. Throws Error{bad_data} when there are no images,
/// Error{mismatch} when they do not fit the input, and what reading and writing throw.
QuantizeResult quantize(const std::filesystem::path& model, const std::filesystem::path& output,
                        const std::vector<HostBatch>& calibration, const std::vector<HostBatch>& check,
                        const QuantizeOptions& options, Progress& progress);

}  // namespace mien
