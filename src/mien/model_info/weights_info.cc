// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/model_info/weights_info.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/data/label_space.h"

namespace mien {

namespace {

using Json = nlohmann::json;

constexpr int newest_format = 1;
constexpr const char* format_key = "mien.format";

Json network_json(const NetworkOptions& o) {
  return {{"arch", o.arch},   {"num_classes", o.num_classes}, {"in_channels", o.in_channels},
          {"width", o.width}, {"dropout", o.dropout},         {"input_size", o.input_size}};
}

NetworkOptions network_from(const Json& j) {
  return {.arch = j.at("arch"), .num_classes = j.at("num_classes"), .in_channels = j.at("in_channels"), .width = j.at("width"),
          .dropout = j.at("dropout"), .input_size = j.at("input_size")};
}

Json preprocessing_json(const Preprocessing& p) {
  return {{"color", p.color}, {"width", p.width}, {"height", p.height}, {"resize", p.resize}, {"divide_by", p.divide_by},
          {"mean", p.mean}, {"std", p.std}, {"crop_margin", p.crop_margin}, {"alignment", p.alignment}};
}

Preprocessing preprocessing_from(const Json& j) {
  Preprocessing p;
  p.color = j.at("color");
  p.width = j.at("width");
  p.height = j.at("height");
  p.resize = j.at("resize");
  p.divide_by = j.at("divide_by");
  p.mean = j.at("mean").get<std::vector<double>>();
  p.std = j.at("std").get<std::vector<double>>();
  p.crop_margin = j.at("crop_margin");
  p.alignment = j.at("alignment");
  return p;
}

/// Checks what later code relies on, so that a damaged file fails here and not in the middle of a run.
void check(const WeightsInfo& info) {
  const auto& p = info.preprocessing;
  if (p.width < 1 || p.height < 1 || p.width > 65536 || p.height > 65536)
    throw std::invalid_argument("the image size is not positive");
  for (double deviation : p.std)
    if (!(deviation > 0)) throw std::invalid_argument("a standard deviation of the preprocessing is not positive");
  if (!(info.temperature > 0)) throw std::invalid_argument("the temperature is not positive");
  if (!info.class_names.empty() && static_cast<std::int64_t>(info.class_names.size()) != info.network.num_classes)
    throw std::invalid_argument("the number of class names differs from the number of classes");
}

/// The JSON under `key`; a missing one throws std::out_of_range.
Json entry(const std::map<std::string, std::string>& metadata, const char* key, const std::string& origin) {
  return parse_json(metadata.at(key), fmt::format("{}: the description of the weights is damaged: {}", origin, key));
}

}  // namespace

std::map<std::string, std::string> to_metadata(const WeightsInfo& info) {
  if (!info.class_names.empty()) LabelSpace(info.label_space, info.class_names);  // what no command would read back is not written
  return {{format_key, std::to_string(info.format)},
          {"mien.network", json_text(network_json(info.network))},
          {"mien.labels", json_text(Json{{"space", info.label_space}, {"names", info.class_names}})},
          {"mien.preprocessing", json_text(preprocessing_json(info.preprocessing))},
          {"mien.calibration", json_text(Json{{"temperature", info.temperature}})},
          {"mien.training", json_text(Json{{"data", info.training_data},
                                 {"recipe", info.recipe},
                                 {"commit", info.commit},
                                 {"scores", info.scores},
                                 {"licence", info.licence}})}};
}

std::optional<WeightsInfo> from_metadata(const std::map<std::string, std::string>& metadata, const std::string& origin) {
  const auto format = metadata.find(format_key);
  if (format == metadata.end()) return std::nullopt;
  try {
    WeightsInfo info;
    info.format = entry(metadata, format_key, origin).get<int>();
    if (info.format < 1 || info.format > newest_format)
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: the description of the weights has version {}, but this program knows up to {}", origin,
                              info.format, newest_format));
    info.network = network_from(entry(metadata, "mien.network", origin));
    const auto labels = entry(metadata, "mien.labels", origin);
    info.label_space = labels.at("space");
    info.class_names = labels.at("names").get<std::vector<std::string>>();
    info.preprocessing = preprocessing_from(entry(metadata, "mien.preprocessing", origin));
    info.temperature = entry(metadata, "mien.calibration", origin).at("temperature");
    const auto training = entry(metadata, "mien.training", origin);
    info.training_data = training.at("data");
    info.recipe = training.at("recipe");
    info.commit = training.at("commit");
    info.scores = training.at("scores").get<std::map<std::string, double>>();
    info.licence = training.at("licence");
    check(info);
    return info;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: the description of the weights is damaged: {}", origin, error.what()));
  }
}

}  // namespace mien
