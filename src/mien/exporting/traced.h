// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mien/nn/torch.h"

namespace mien::exporting {

/// A whole number of a trace (also a flag: 0 or 1). In a network whose batch size is free it can be a multiple of that size.
struct TracedNumber {
  std::int64_t value = 0;
  bool per_image = false;  ///< the number is value * batch size
  bool operator==(const TracedNumber&) const = default;
};

/// A tensor of a trace: what an operator reads or makes.
struct TracedTensor {
  torch::ScalarType type = torch::kFloat32;
  std::vector<TracedNumber> dims{};
  torch::Tensor constant{};  ///< defined when the values do not depend on the input
  std::string name{};        ///< of the parameter or buffer, e.g. "layer1.0.conv1.weight"; empty for others
};

/// An argument of an operator.
struct TracedValue {
  enum class Kind { none, tensor, tensors, number, numbers, real, reals, text };
  Kind kind = Kind::none;
  std::vector<int> tensors{};           ///< tensor, tensors: indices in TracedGraph::tensors
  std::vector<TracedNumber> numbers{};  ///< number, numbers
  std::vector<double> reals{};          ///< real, reals
  std::string text{};
};

/// One call of an ATen operator.
struct TracedNode {
  std::string op;                                ///< "aten::relu", also for calls that wrote over their argument
  std::map<std::string, TracedValue> arguments;  ///< by the names in the operator's schema
  std::vector<int> outputs;                      ///< indices in TracedGraph::tensors
};

/// The operators that a network called for an input, in their order.
struct TracedGraph {
  std::vector<TracedTensor> tensors;
  std::vector<TracedNode> nodes;
  std::vector<int> inputs, outputs;
};

}  // namespace mien::exporting
