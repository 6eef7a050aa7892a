// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mien/image/preprocessing.h"
#include "mien/model_info/network_options.h"

namespace mien {

/// What is stored beside the weights, so that a file alone suffices to use them. Free of libtorch.
struct WeightsInfo {
  int format = 1;                        ///< version of this description
  NetworkOptions network{};
  std::string label_space{};             ///< e.g. "ferplus"; empty when unknown
  std::vector<std::string> class_names{};  ///< in logit order
  Preprocessing preprocessing{};
  double temperature = 1;                ///< logits are divided by it before the softmax (calibration)
  std::string training_data{};           ///< data sets and how many images
  std::string recipe{};                  ///< the resolved configuration, as TOML
  std::string commit{};                  ///< version of the program that trained
  std::map<std::string, double> scores{};  ///< e.g. {"test accuracy", 0.86}
  std::string licence{};                 ///< note on what the weights may be used for
  bool operator==(const WeightsInfo&) const = default;
};

/// The description as safetensors metadata: each entry a JSON text, under names that begin with "mien.".
std::map<std::string, std::string> to_metadata(const WeightsInfo& info);

/// Reads it back; nullopt when the metadata holds no such description. Throws Error{bad_file} that names `origin` when it is
/// damaged or of a newer version.
std::optional<WeightsInfo> from_metadata(const std::map<std::string, std::string>& metadata, const std::string& origin);

}  // namespace mien
