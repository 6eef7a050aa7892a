// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/inverted_residual.h"

namespace mien {

InvertedResidual add_inverted_residual(torch::nn::Module& parent, std::int64_t in, std::int64_t out, std::int64_t stride,
                                       std::int64_t expansion) {
  InvertedResidual block;
  auto& conv = group(parent, "conv");
  const std::int64_t hidden = in * expansion;
  int index = 0;
  if (expansion != 1)
    block.expand = add_conv_norm(group(conv, std::to_string(index++)), "0", "1", {.in = in, .out = hidden, .kernel = 1});
  block.depthwise = add_conv_norm(group(conv, std::to_string(index++)), "0", "1",
                                  {.in = hidden, .out = hidden, .stride = stride, .groups = hidden});
  block.project = add_conv_norm(conv, std::to_string(index), std::to_string(index + 1), {.in = hidden, .out = out, .kernel = 1});
  block.shortcut = stride == 1 && in == out;
  return block;
}

}  // namespace mien
