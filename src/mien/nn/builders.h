// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/nn/network.h"

namespace mien {

// One builder an architecture family, called by create_network with resolved options. To add a network: its source file, a
// line here, a row in architectures.cc and a line in network.cc.
std::shared_ptr<Network> make_vgg16(const NetworkOptions& options);
std::shared_ptr<Network> make_resnet(const NetworkOptions& options);
std::shared_ptr<Network> make_preact_resnet18(const NetworkOptions& options);
std::shared_ptr<Network> make_shufflenet_v2(const NetworkOptions& options);
std::shared_ptr<Network> make_mobilenet_v2(const NetworkOptions& options);
std::shared_ptr<Network> make_efficientface(const NetworkOptions& options);
std::shared_ptr<Network> make_mobilefacenet(const NetworkOptions& options);

}  // namespace mien
