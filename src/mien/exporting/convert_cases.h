// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <vector>

#include "mien/exporting/export_graph.h"

// Small functions that together call every operator of the table of converters.
namespace mien::exporting::testing {

/// A module with a few parameters that functions can use. The input is [N,3,8,8].
struct Probe : torch::nn::Module {
  Probe() {
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 4, 3).stride(2).padding(1)));
    linear = register_module("linear", torch::nn::Linear(8, 6));
    vector = register_parameter("vector", torch::linspace(0.5, 1.5, 3));
    matrix = register_parameter("matrix", torch::linspace(-1, 1, 64).reshape({8, 8}));
    index = register_buffer("index", torch::tensor({2, 0}, torch::kInt64));
  }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::Linear linear{nullptr};
  torch::Tensor vector, matrix, index;
};

struct Case {
  const char* name;
  std::function<torch::Tensor(Probe&, const torch::Tensor&)> call;
};

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const std::vector<Case>& cases();

/// A function of a probe as something to export; `call` and `probe` must outlive it. Images are [N,3,8,8].
inline Exportable exportable(const std::shared_ptr<Probe>& probe,
                             const std::function<torch::Tensor(Probe&, const torch::Tensor&)>& call) {
  return {.module = *probe,
          .name = "probe",
          .outputs = {"logits"},
          .forward = [probe, &call](const torch::Tensor& x, const std::set<std::string>&) {
            return NamedTensors{{"logits", call(*probe, x)}};
          }};
}

inline WeightsInfo probe_info() {
  WeightsInfo info;
  info.preprocessing.width = info.preprocessing.height = 8;
  return info;
}

}  // namespace mien::exporting::testing
