// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/nn/torch.h"

namespace mien {

/// How tensors are computed on this machine.
struct ComputePlan {
  torch::Device device = torch::kCPU;
  bool bf16 = false;           ///< autocast
  bool channels_last = true;
  int threads = 1;
  std::string text() const;    ///< "CPU, 2 threads, bf16 autocast, channels-last"
};

/// @param precision "auto", "fp32", "bf16"; auto takes bf16 on GPUs and on processors with bf16 instructions
/// @param device    "auto", "cpu", "cuda"
/// @param threads   0 = all usable cores
/// Throws Error{usage} when the device is not there.
ComputePlan plan_compute(const std::string& precision, const std::string& device, std::int64_t threads);

/// Sets libtorch's thread count, and keeps freed memory for the next step (see keep_freed_memory).
void apply_plan(const ComputePlan& plan);

/// Moves the module to the device; its convolution weights become channels-last when the plan says so. Takes channels-last
/// out of the plan on CPUs where the module has channel counts that do not fill oneDNN's blocks of 16: training a network of
/// 8, 16, 32, 64 channels so with oneDNN 2.6.3 on AVX-512 corrupted the heap in a convolution's backward pass, with AVX2
/// kernels or at twice the width it did not. The single operation that does it was not isolated.
void place_module(torch::nn::Module& module, ComputePlan& plan);

/// True when the processor multiplies bfloat16 (AVX512_BF16 or AMX).
bool processor_has_bf16();

}  // namespace mien
