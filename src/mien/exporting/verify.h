// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/exporting/onnxruntime.h"
#include "mien/loading/host_batch.h"
#include "mien/metrics/agreement.h"
#include "mien/pipeline/example_images.h"

// Compares an exported file with the network it came from. Free of libtorch in its interface.
namespace mien::exporting {

/// A program that computes the exported file.
struct Candidate {
  std::string name;                                            ///< "mien bf16"
  double most_difference = 0;                                  ///< limit of max |difference| / range of the logits; 0 = none
  double least_top1 = 0;                                       ///< limit of the share of equal answers
  std::function<std::vector<float>(const HostBatch&)> logits;  ///< [N,K]
};

/// Our runtime in one precision ("fp32", "bf16", "int8"). Throws what loading the file throws.
Candidate runtime_candidate(const std::filesystem::path& model, const std::string& precision, std::int64_t threads);
/// The precisions of our runtime that this processor and this file offer: fp32, bf16 with the instructions for it, int8 when the
/// file is calibrated.
std::vector<std::string> precisions_of(const std::filesystem::path& model);
Candidate onnxruntime_candidate(const std::filesystem::path& model, const OnnxRuntimeProgram& program);

struct VerifyRow {
  std::string name;
  Agreement agreement;
  std::string limit{};  ///< "difference <= 1e-4" or "top-1 >= 99.5 %"
  bool passed = false;
};

/// Computes the images with libtorch in float32 and with each candidate. Throws Error{bad_data} when there is no image.
std::vector<VerifyRow> verify(const std::filesystem::path& weights, const ExampleImages& images,
                              const std::vector<Candidate>& candidates, Progress& progress);

}  // namespace mien::exporting
