// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only place that includes libtorch: it is the precompiled header of every source file that touches tensors, and it
// holds the differences between libtorch 1.13 and 2.x.
#include <ATen/autocast_mode.h>
#include <torch/autograd.h>
#include <torch/cuda.h>
#include <torch/nn/functional/activation.h>
#include <torch/nn/functional/loss.h>
#include <torch/nn/functional/pooling.h>
#include <torch/nn/functional/upsampling.h>
#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/dropout.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

namespace mien {

/// libtorch 2.4 gave autocast one interface for all devices.
#define MIEN_TORCH_HAS_DEVICE_AUTOCAST (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4))

/// Whether autocast is on for the calling thread and this kind of device (CPU or CUDA).
inline bool autocast_enabled(torch::Device device) {
#if MIEN_TORCH_HAS_DEVICE_AUTOCAST
  return at::autocast::is_autocast_enabled(device.type());
#else
  return device.is_cuda() ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
#endif
}

/// Switches autocast to bfloat16 on or off for the calling thread and this kind of device.
inline void set_bf16_autocast(bool enabled, torch::Device device) {
#if MIEN_TORCH_HAS_DEVICE_AUTOCAST
  at::autocast::set_autocast_enabled(device.type(), enabled);
  at::autocast::set_autocast_dtype(device.type(), at::kBFloat16);
#else
  if (device.is_cuda()) {
    at::autocast::set_enabled(enabled);
    at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
  } else {
    at::autocast::set_cpu_enabled(enabled);
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  }
#endif
}

/// While it lives, operations of the calling thread run in bfloat16 where autocast knows them (convolutions, matrix
/// products), or all in float32 when `enabled` is false. The end of the outermost guard drops the cached bfloat16 copies of
/// the weights, so open one guard per step: a copy must not outlive an optimizer step. Not movable between threads.
class AutocastGuard {
 public:
  AutocastGuard(bool enabled, torch::Device device) : device_(device), before_(autocast_enabled(device)) {
    set_bf16_autocast(enabled, device_);
    at::autocast::increment_nesting();
  }
  ~AutocastGuard() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set_bf16_autocast(before_, device_);
  }
  AutocastGuard(const AutocastGuard&) = delete;
  AutocastGuard& operator=(const AutocastGuard&) = delete;

 private:
  torch::Device device_;
  bool before_;
};

}  // namespace mien
