// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/nn/network.h"

namespace mien {

/// An inner layer whose output is a map.
struct AttributedLayer {
  std::string name;
  std::int64_t channels = 0, height = 0, width = 0;
};

/// The layer `name` of a network that gets images of this size; "" = relu5_1 of VGG-16, of others the last map whose side is
/// at least a sixteenth of the image's. Throws Error{usage} for a layer that is not there, with the nearest name, or whose
/// output is no map of more than one place, with those that are.
AttributedLayer attributed_layer(Network& network, const std::string& name, std::int64_t height, std::int64_t width);

}  // namespace mien
