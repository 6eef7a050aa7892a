// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/model_info/weights_info.h"
#include "mien/nn/network.h"
#include "mien/nn/torch.h"

namespace mien {

/// Named tensors as read from a file or taken from a module, in their order.
struct State {
  std::string origin{};  ///< file, for messages
  std::string format{};  ///< "safetensors", "PyTorch zip", "PyTorch legacy" or "module"
  std::vector<std::pair<std::string, torch::Tensor>> tensors{};
  std::map<std::string, std::string> metadata{};
  std::optional<WeightsInfo> info{};  ///< when the file was written by `save_weights`

  const torch::Tensor* find(const std::string& key) const;
};

/// Parameters and buffers of a module in Python's state_dict order. The tensors share memory with the module.
State state_of(const torch::nn::Module& module);

/// Copies every parameter and buffer of `from` into `to`, which must have the same keys and shapes. Throws Error{mismatch}.
void copy_state(const torch::nn::Module& from, torch::nn::Module& to);

/// Writes the module's state and `info` as safetensors, atomically. Values are stored exactly as they are.
void save_weights(const std::filesystem::path& file, const torch::nn::Module& module, const WeightsInfo& info);
void save_state(const std::filesystem::path& file, const State& state);

/// Reads a weight file: safetensors, or a PyTorch file (zip or legacy, told apart by their first bytes) of which only
/// tensors are taken and nothing is executed. A nested "state_dict", "model" or "model_state" dictionary is found by itself.
/// With `pass_over_unknown`, foreign objects in a PyTorch file are passed over instead of refused. Throws Error{bad_file}.
State load_state(const std::filesystem::path& file, bool pass_over_unknown = false);

struct LoadOptions {
  bool allow_partial = false;  ///< missing keys keep their values, left-over keys and other shapes are passed over
  bool ignore_head = false;    ///< the classifier keeps its values, whatever the file has for it
  std::vector<std::string> skip{};  ///< parameters whose names begin so keep their values, e.g. "classifier."
};

/// What happened to every key.
struct LoadReport {
  struct Mismatch {
    std::string key;
    std::vector<std::int64_t> expected, found;
  };
  std::string dialect;                  ///< "own names", "VGG-Face", "VGGFace2", ...
  std::vector<std::string> matched;
  std::vector<std::string> missing;     ///< in the module, not in the file
  std::vector<std::string> left_over;   ///< in the file, not in the module
  std::vector<std::string> ignored;     ///< head keys passed over on request
  std::vector<std::string> adapted;     ///< stem weights summed over the colour channels
  std::vector<Mismatch> mismatched;     ///< shapes differ
  bool complete() const { return missing.empty() && left_over.empty() && mismatched.empty(); }
  std::string text() const;             ///< a few lines for people
};

/// Copies the state into the module. Prefixes of wrappers ("module.", "_orig_mod.", "backbone.", ...) are removed and the key
/// dialects that are known are renamed (VGG-Face's two, VGGFace2's ResNet-50). A stem for three channels fits a one-channel
/// network by summing its weight over the channels. Throws Error{mismatch} naming the first few keys when something does not
/// fit and `options` do not allow it; the module is then unchanged.
LoadReport load_into(torch::nn::Module& module, const State& state, const LoadOptions& options = {});

/// The network that a file of `save_weights` describes, with its weights, in eval mode. Throws Error{bad_file} when the file
/// has no description.
std::shared_ptr<Network> load_network(const std::filesystem::path& file, WeightsInfo* info = nullptr);

/// A convolution weight [O,3,kh,kw] for grey input [O,1,kh,kw]: the sum over the channels, which gives the answer that the
/// colour network gives when all its channels are the grey image.
torch::Tensor gray_stem(const torch::Tensor& weight);

}  // namespace mien
