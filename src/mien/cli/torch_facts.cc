// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/torch_facts.h"

#ifdef MIEN_WITH_TORCH
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>
#include <torch/version.h>
#endif

namespace mien::cli {

#ifdef MIEN_WITH_TORCH

namespace {

/// The vector instructions that libtorch's own kernels chose, out of its description of itself.
std::string cpu_capability() {
  const std::string config = at::show_config(), label = "CPU capability usage: ";
  const auto begin = config.find(label);
  if (begin == std::string::npos) return "unknown";
  return config.substr(begin + label.size(), config.find('\n', begin) - begin - label.size());
}

}  // namespace

std::optional<TorchFacts> torch_facts() {
  TorchFacts facts;
  facts.version = TORCH_VERSION;
  facts.cpu_capability = cpu_capability();
  facts.threads = at::get_num_threads();
  facts.onednn = at::hasMKLDNN();
  facts.mkl = at::hasMKL();
  facts.cuda_built = at::hasCUDA();
  facts.cuda_devices = static_cast<int>(torch::cuda::device_count());
  return facts;
}

#else

std::optional<TorchFacts> torch_facts() { return std::nullopt; }

#endif

}  // namespace mien::cli
