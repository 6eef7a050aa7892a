// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien::exporting {

/// How a network becomes an ONNX graph. Free of libtorch.
struct ExportOptions {
  int opset = 17;                 ///< version of ONNX's operators, 13 to 17
  std::int64_t static_batch = 0;  ///< images a run; 0 = any number, dim 0 of inputs and outputs is called "batch"
  /// Any of "logits" [N,K], "probabilities" [N,K] (softmax of logits / temperature), "features" [N,D], "attention", and
  /// "valence_arousal" [N,2], as far as the network has them. In the order of the file.
  std::vector<std::string> outputs = {"logits"};
};

inline constexpr int oldest_opset = 13, newest_opset = 17;
inline constexpr const char* input_name = "input";  ///< of the one graph input: float32 [N,C,H,W], already preprocessed

}  // namespace mien::exporting
