// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/compute.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "mien/base/error.h"
#include "mien/base/memory.h"
#include "mien/base/parallel.h"

namespace mien {

bool processor_has_bf16() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d)) return false;
  return (a >> 5) & 1;  // AVX512_BF16, which every processor with AMX-BF16 has too
#else
  return false;
#endif
}

std::string ComputePlan::text() const {
  std::string out = device.is_cuda() ? "CUDA" : "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  out += bf16 ? ", bf16 autocast" : ", fp32";
  return out + (channels_last ? ", channels-last" : "");
}

ComputePlan plan_compute(const std::string& precision, const std::string& device, std::int64_t threads) {
  ComputePlan plan;
  const bool has_cuda = torch::cuda::is_available();
  if (device == "cuda" && !has_cuda)
    throw Error(ErrorCode::usage, "--device cuda: libtorch sees no CUDA device", "Use --device cpu, or build against a CUDA libtorch.");
  if (device == "cuda" || (device == "auto" && has_cuda)) plan.device = torch::Device(torch::kCUDA, 0);
  plan.bf16 = precision == "bf16" || (precision == "auto" && (plan.device.is_cuda() || processor_has_bf16()));
  plan.threads = threads > 0 ? static_cast<int>(threads) : available_cores();
  return plan;
}

void apply_plan(const ComputePlan& plan) {
  torch::set_num_threads(plan.threads);
  keep_freed_memory();
}

namespace {

/// See place_module: may stand in a module that computes channels-last on a CPU.
bool fills_blocks(const torch::Tensor& weight) {
  const std::int64_t out = weight.size(0), in = weight.size(1);  // in <= 4: stems, depthwise and narrow grouped convolutions
  const bool one_pixel = weight.size(2) == 1 && weight.size(3) == 1;
  return out % 16 == 0 && (in % 16 == 0 || (in <= 4 && !one_pixel));
}

}  // namespace

void place_module(torch::nn::Module& module, ComputePlan& plan) {
  torch::NoGradGuard no_grad;
  module.to(plan.device);
  const auto parameters = module.parameters();
  if (!plan.device.is_cuda())
    for (const auto& p : parameters)
      if (p.dim() == 4 && !fills_blocks(p)) plan.channels_last = false;
  if (!plan.channels_last) return;
  for (auto p : parameters)
    if (p.dim() == 4) p.set_data(p.contiguous(torch::MemoryFormat::ChannelsLast));
}

}  // namespace mien
