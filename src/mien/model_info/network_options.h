// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace mien {

/// Which network, with which head. Free of libtorch, so that programs without it can read it from a weights file.
struct NetworkOptions {
  std::string arch = "face_resnet";  ///< a name of `architectures()` (nn/architectures.h)
  std::int64_t num_classes = 8;      ///< length of the logits
  std::int64_t in_channels = 3;      ///< 1 or 3
  double width = 0;                  ///< multiplies the channel counts; 0 = the architecture's default
  double dropout = -1;               ///< before the classifier; negative = the architecture's default
  std::int64_t input_size = 0;       ///< pixels, for networks whose weights depend on it; 0 = the architecture's default
  bool operator==(const NetworkOptions&) const = default;
};

}  // namespace mien
