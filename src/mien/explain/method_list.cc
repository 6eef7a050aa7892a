// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/method_list.h"

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {

const std::vector<MapMethodInfo>& map_methods() {
  static const std::vector<MapMethodInfo> methods = {
      {"gradcam", "channels of an inner layer weighted by their mean gradient, positive part", true, false, false},
      {"integrated_gradients", "gradients along the way from a baseline to the picture, times the difference", false, true,
       false},
      {"occlusion", "how much the logit falls when a patch is covered", false, true, false},
      {"gradient", "largest size of the gradient over the channels", true, false, false},
      {"gradient_x_input", "gradient times value, summed over the channels", true, true, false},
      {"random", "control: a random number a pixel", false, false, true},
      {"random_smooth", "control: random numbers on a 7 x 7 grid, enlarged", false, false, true},
      {"center", "control: a bell over the middle of the picture", false, false, true}};
  return methods;
}

const MapMethodInfo& map_method(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& method : map_methods()) {
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  throw Error(ErrorCode::usage, "--methods: no method '" + name + "'", suggestion(name, names));
}

std::vector<MapMethod> parse_map_methods(const std::vector<std::string>& names, const std::string& layer) {
  std::vector<MapMethod> methods;
  for (const auto& text : names) {
    const auto at = text.find('@');
    MapMethod method{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
    const MapMethodInfo& info = map_method(method.name);
    if (at != std::string::npos && !info.has_layer)
      throw Error(ErrorCode::usage, "--methods " + text + ": " + method.name + " looks at no inner layer",
                  "NAME@LAYER is for gradcam, gradient and gradient_x_input.");
    if (method.layer == "input" && method.name != "gradcam") method.layer.clear();
    if (method.layer.empty() && method.name == "gradcam") method.layer = layer;
    if (std::any_of(methods.begin(), methods.end(), [&](const MapMethod& m) { return m.label() == method.label(); }))
      throw Error(ErrorCode::usage, "--methods names " + method.label() + " twice");
    methods.push_back(std::move(method));
  }
  if (methods.empty()) throw Error(ErrorCode::usage, "--methods names no method", "For example: --methods gradcam,occlusion");
  return methods;
}

}  // namespace mien
