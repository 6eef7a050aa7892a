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
/// out of the plan on CPUs where the module has channel counts that do not fill oneDNN's blocks of 16. oneDNN 2.6.3 writes past its
/// scratch memory in one operation: the gradient of the weights of a convolution of one pixel with a stride, in fp32, channels-last,
/// with fewer than 16 input channels ("jit_1x1:avx512_core"; fewer than 8 with "jit_1x1:avx2"). That is what corrupted the heap when a
/// network of 8, 16, 32, 64 channels was trained so. Other counts that do not fill blocks were run between guarded pages without a
/// fault, but not all that networks can have: they stay out too.
void place_module(torch::nn::Module& module, ComputePlan& plan);

/// True when the processor multiplies bfloat16 (AVX512_BF16 or AMX).
bool processor_has_bf16();

}  // namespace mien
