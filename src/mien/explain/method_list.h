// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// A way to compute maps, as a user names it: "gradcam", "gradient_x_input@conv2".
struct MapMethod {
  std::string name;
  std::string layer;  ///< inner layer; "" = the method's default
  /// "gradcam@conv2"; the name alone when there is no layer.
  std::string label() const { return layer.empty() ? name : name + "@" + layer; }
};

struct MapMethodInfo {
  std::string name, summary;
  bool has_layer = false;   ///< can look at an inner layer
  bool is_signed = false;   ///< negative values speak against the class
  bool is_control = false;  ///< knows nothing of the network
};
const std::vector<MapMethodInfo>& map_methods();

/// Throws Error{usage} with the nearest name.
const MapMethodInfo& map_method(const std::string& name);

/// Methods from "NAME" or "NAME@LAYER"; `layer` goes to every "gradcam" that names none. Throws Error{usage} for unknown names,
/// for a layer where there can be none, for the same method twice, and for none at all.
std::vector<MapMethod> parse_map_methods(const std::vector<std::string>& names, const std::string& layer);

}  // namespace mien
