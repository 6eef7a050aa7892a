// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mien/model_info/weights_info.h"
#include "mien/nn/architectures.h"

// What `mien models` does, free of libtorch in its interface.
namespace mien {

/// What a weight file holds.
struct WeightsSummary {
  std::string format;              ///< "safetensors", "PyTorch zip", "PyTorch legacy"
  std::optional<WeightsInfo> info; ///< when the file describes itself
  std::int64_t tensors = 0, values = 0;
  std::int64_t parameters = 0;     ///< trainable values of the network; 0 without a description
  std::int64_t multiply_adds = 0;  ///< for one image of the preprocessing's size; 0 without a description
  std::string first_key, last_key;
};
WeightsSummary summarize_weights(const std::filesystem::path& file);

struct ForwardRequest {
  NetworkOptions network;                     ///< ignored when the weights describe themselves
  std::filesystem::path weights;              ///< safetensors or PyTorch file
  std::filesystem::path input;                ///< safetensors with a tensor "input" [N,C,H,W]
  std::filesystem::path output;               ///< written: "logits" and the wanted features
  std::vector<std::string> features;          ///< inner layers, see `Network::tap_names`
  bool float64 = false;
};
/// Runs a network in eval mode. Returns a line that says what was written.
std::string run_forward(const ForwardRequest& request);

struct ImportRequest {
  NetworkOptions network;
  std::filesystem::path source, output;
  std::string label_space;                ///< name, may be empty
  std::vector<std::string> class_names;   ///< may be empty
  bool ignore_head = false, allow_partial = false, pass_over_unknown = false;
  Preprocessing preprocessing;
  std::string licence;
};
/// Converts a weight file into our own form, safetensors with a description. Returns the report of the load.
std::string import_weights(const ImportRequest& request);

}  // namespace mien
