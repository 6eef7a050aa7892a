// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mien/nn/architectures.h"
#include "mien/nn/torch.h"

namespace mien {

/// Takes named inner tensors out of a forward pass, inside the graph: what is found is the very tensor that the later layers
/// consume, so gradients with respect to it exist and can be differentiated again (PAL, report 000).
struct Taps {
  std::set<std::string> wanted;
  std::map<std::string, torch::Tensor> found;
  bool differentiable = false;  ///< what is found requires a gradient even where nothing before it does (frozen layers)

  Taps() = default;
  explicit Taps(std::set<std::string> names) : wanted(std::move(names)) {}
  /// Passes `t` through, remembering it when its name is wanted.
  torch::Tensor operator()(const std::string& name, torch::Tensor t) {
    if (!wanted.count(name)) return t;
    if (differentiable && !t.requires_grad()) t.requires_grad_(true);
    return found[name] = t;
  }
  bool wants(const std::string& name) const { return wanted.count(name) != 0; }
};

/// A classifier of images. Parameter names are torchvision's where torchvision has the network.
///
///     auto net = create_network({.arch = "resnet18", .num_classes = 7});
///     Taps taps({"layer4", "features"});
///     auto logits = net->forward(images, taps);  // images [N,C,H,W], logits [N,K]
///     taps.found["features"];                    // [N, feature_width()]
class Network : public torch::nn::Module {
 public:
  /// Logits [N,K] of images [N,C,H,W]. Throws Error{bad_data} when the images have the wrong rank or number of channels or
  /// are smaller than the architecture's minimum, naming it.
  virtual torch::Tensor forward(torch::Tensor images, Taps& taps) = 0;
  /// Names that `Taps` can ask for. Every network has "features": the vector [N, feature_width()] before the classifier,
  /// before its dropout.
  virtual std::vector<std::string> tap_names() const = 0;
  /// Prefix of the classifier's parameters, e.g. "fc." or "classifier.6.".
  virtual std::string head_prefix() const = 0;
  /// Name of the first convolution's weight [O,C,kh,kw], whose C is `in_channels`.
  virtual std::string stem_weight() const = 0;

  /// The vector before the classifier [N, feature_width()].
  torch::Tensor embed(torch::Tensor images);
  torch::Tensor logits(torch::Tensor images);
  std::int64_t feature_width() const { return feature_width_; }
  const NetworkOptions& network_options() const { return options_; }
  /// Sets the probability of every dropout that `NetworkOptions::dropout` governs.
  void set_dropout(double probability) { options_.dropout = probability; }

 protected:
  explicit Network(const NetworkOptions& options) : torch::nn::Module(options.arch), options_(options) {}
  void check_images(const torch::Tensor& images, std::int64_t min_size) const;
  /// Dropout with the option's probability, in training mode only.
  torch::Tensor drop(const torch::Tensor& t) const;

  NetworkOptions options_;
  std::int64_t feature_width_ = 0;
};

/// A freshly initialised network: weights are drawn from torch's default generator (seed it with torch::manual_seed), the
/// way torchvision draws them. Float32, on the CPU, in training mode. Throws as `resolved` does.
std::shared_ptr<Network> create_network(const NetworkOptions& options);

/// Throws Error{usage} with the nearest name when a wanted tap does not exist in `network`.
void check_tap_names(const Network& network, const std::set<std::string>& wanted);

std::int64_t parameter_count(const torch::nn::Module& module);

/// Multiply-adds of the convolutions and linear layers for one image of this size, counted in a forward pass in eval mode.
std::int64_t multiply_adds(Network& network, std::int64_t height, std::int64_t width);

}  // namespace mien
