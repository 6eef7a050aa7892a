// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mien/methods/method.h"
#include "mien/nn/eval_mode.h"
#include "mien/nn/network.h"

namespace mien {

/// An inner layer whose output is a map [N, channels, height, width] of more than one place.
struct InnerLayer {
  std::string name;
  std::int64_t channels = 0, height = 0, width = 0;
};

/// A trained system as the attribution methods see it: images [N,C,H,W] to logits [N,K], with named inner maps on the way.
/// In eval mode, in float32, the logits of an image must not depend on the others of its batch.
class ExplainedModel {
 public:
  using Forward = std::function<torch::Tensor(const torch::Tensor&, Taps&)>;

  /// `example` [1,C,H,W] on the device is passed through once to learn the shapes of the layers `tap_names`.
  ExplainedModel(Forward forward, const std::vector<std::string>& tap_names, const torch::Tensor& example);
  /// The method's network; of a method whose module is no Network only the input can be explained. The method must outlive
  /// this.
  ExplainedModel(Method& method, const torch::Tensor& example);

  torch::Tensor logits(const torch::Tensor& images) const;
  /// With the inner map `layer`; it belongs to the graph when `images` requires a gradient.
  torch::Tensor logits(const torch::Tensor& images, const std::string& layer, torch::Tensor& inner) const;
  /// Pictures of its own that the method gives with its answer (attention, masks), [N,1|3,h,w] in [0,1], by name.
  std::map<std::string, torch::Tensor> own_pictures(const torch::Tensor& images) const;

  /// From the input to the logits.
  const std::vector<InnerLayer>& layers() const { return layers_; }
  /// "" means the last one. Throws Error{usage} that names the layers there are, the nearest first.
  const InnerLayer& layer(const std::string& name) const;

 private:
  void find_layers(const std::vector<std::string>& tap_names, const torch::Tensor& example);

  Forward forward_;
  Method* method_ = nullptr;
  std::vector<InnerLayer> layers_;
};

}  // namespace mien
