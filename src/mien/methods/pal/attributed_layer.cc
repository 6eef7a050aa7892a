// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/pal/attributed_layer.h"

#include <fmt/format.h>

#include <vector>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/nn/eval_mode.h"

namespace mien {
namespace {

std::vector<AttributedLayer> map_layers(Network& network, std::int64_t height, std::int64_t width) {
  const torch::NoGradGuard no_grad;
  const EvalMode eval(network);
  const auto names = network.tap_names();
  Taps taps({names.begin(), names.end()});
  network.forward(torch::zeros({1, network.network_options().in_channels, height, width}), taps);
  std::vector<AttributedLayer> layers;
  for (const auto& name : names) {
    const auto& map = taps.found.at(name);
    if (map.dim() == 4 && map.size(2) * map.size(3) > 1) layers.push_back({name, map.size(1), map.size(2), map.size(3)});
  }
  return layers;
}

std::string default_layer(const Network& network, const std::vector<AttributedLayer>& layers, std::int64_t height) {
  if (network.network_options().arch == "vgg16") return "relu5_1";
  std::string last;
  for (const auto& layer : layers)
    if (layer.height * 16 >= height) last = layer.name;
  return last;
}

}  // namespace

AttributedLayer attributed_layer(Network& network, const std::string& name, std::int64_t height, std::int64_t width) {
  const auto layers = map_layers(network, height, width);
  const std::string wanted = name.empty() ? default_layer(network, layers, height) : name;
  std::vector<std::string> shapes;
  for (const auto& layer : layers) {
    if (layer.name == wanted) return layer;
    shapes.push_back(fmt::format("{} ({} x {} x {})", layer.name, layer.channels, layer.height, layer.width));
  }
  if (!wanted.empty()) check_tap_names(network, {wanted});
  throw Error(ErrorCode::usage,
              fmt::format("--pal-layer: '{}' of {} is no map of more than one place at {} x {} pixels", wanted,
                          network.network_options().arch, height, width),
              "Maps, as channels x height x width: " + join(shapes, ", ") + ".");
}

}  // namespace mien
