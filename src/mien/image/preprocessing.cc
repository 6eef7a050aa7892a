// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/preprocessing.h"

#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"

namespace mien {

namespace {

[[noreturn]] void refuse(const std::string& reason) { throw Error(ErrorCode::mismatch, "preprocessing: " + reason); }

void check_per_channel(const std::vector<double>& values, int channels, const std::string& name) {
  if (values.size() != 1 && values.size() != static_cast<std::size_t>(channels))
    refuse("'" + name + "' needs 1 or " + std::to_string(channels) + " values, found " + std::to_string(values.size()));
}

}  // namespace

void check_preprocessing(const Preprocessing& p) {
  if (p.color != "rgb" && p.color != "bgr" && p.color != "gray") refuse("'color' is rgb, bgr or gray, found '" + p.color + "'");
  if (p.width < 1 || p.height < 1) refuse("the input size is " + std::to_string(p.width) + " x " + std::to_string(p.height));
  if (p.resize != "bilinear" && p.resize != "bicubic") refuse("'resize' is bilinear or bicubic, found '" + p.resize + "'");
  if (!(p.divide_by > 0)) refuse("'divide_by' must be positive");
  if (!(p.crop_margin >= 0)) refuse("'crop_margin' must not be negative");
  check_per_channel(p.mean, p.channels(), "mean");
  check_per_channel(p.std, p.channels(), "std");
  for (const double std : p.std)
    if (!(std > 0)) refuse("'std' must be positive");
}

std::string to_json_text(const Preprocessing& p) {
  return json_text(nlohmann::ordered_json{
      {"color", p.color},         {"width", p.width}, {"height", p.height}, {"resize", p.resize},
      {"divide_by", p.divide_by}, {"mean", p.mean},   {"std", p.std},       {"crop_margin", p.crop_margin},
      {"alignment", p.alignment}});
}

Preprocessing preprocessing_from_json_text(const std::string& text) {
  Preprocessing p;
  const auto read = try_parse_json(text);
  if (!read) refuse("it is no JSON");
  const nlohmann::json& json = *read;
  try {
    json.at("color").get_to(p.color);
    json.at("width").get_to(p.width);
    json.at("height").get_to(p.height);
    json.at("resize").get_to(p.resize);
    json.at("divide_by").get_to(p.divide_by);
    json.at("mean").get_to(p.mean);
    json.at("std").get_to(p.std);
    json.at("crop_margin").get_to(p.crop_margin);
    json.at("alignment").get_to(p.alignment);
  } catch (const nlohmann::json::exception& error) {
    refuse(error.what());
  }
  check_preprocessing(p);
  return p;
}

}  // namespace mien
