// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/testing/golden.h"

#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace mien::testing {

namespace fs = std::filesystem;

std::optional<fs::path> shared_folder() {
  const char* named = std::getenv("MIEN_SHARED");
  const fs::path folder = named ? fs::path(named) : source_folder().parent_path() / "shared";
  if (!fs::is_directory(folder)) return std::nullopt;
  return folder;
}

fs::path source_folder() { return MIEN_SOURCE_DIR; }

std::optional<nlohmann::json> golden(const std::string& file) {
  const auto shared = shared_folder();
  if (!shared || !fs::exists(*shared / "golden" / file)) return std::nullopt;
  std::ifstream in(*shared / "golden" / file);
  return nlohmann::json::parse(in);
}

namespace {

/// The hashed uniform number of element i.
double uniform(std::uint32_t seed, std::uint64_t i) {
  std::uint32_t x = static_cast<std::uint32_t>(i) * 0x9E3779B1u + seed;
  x ^= x >> 16;
  x *= 0x85EBCA6Bu;
  x ^= x >> 13;
  x *= 0xC2B2AE35u;
  x ^= x >> 16;
  return x / 4294967296.0;
}

double value(const std::string& kind, double u, double fan_in) {
  const double pm1 = 2 * u - 1;
  if (kind == "weight") return pm1 * std::sqrt(6 / fan_in);
  if (kind == "bias") return pm1 * 0.05;
  if (kind == "norm_weight") return 1 + 0.1 * pm1;
  if (kind == "norm_bias" || kind == "running_mean") return 0.1 * pm1;
  if (kind == "running_var") return 1 + 0.5 * u;
  if (kind == "zero") return 0;
  if (kind == "embedding") return pm1 * 0.02;
  if (kind == "layer_scale") return 0.5 + 0.1 * pm1;
  if (kind == "input_pm1") return pm1;
  if (kind == "input_01") return u;
  if (kind == "uint8") return std::floor(256 * u);
  throw std::invalid_argument("unknown fill kind '" + kind + "'");
}

std::int64_t count(const std::vector<std::int64_t>& shape) {
  std::int64_t n = 1;
  for (auto d : shape) n *= d;
  return n;
}

}  // namespace

std::vector<float> fill(const std::string& name, const std::vector<std::int64_t>& shape, const std::string& kind, double scale) {
  const auto seed = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(name.data()), static_cast<uInt>(name.size())));
  const std::int64_t n = count(shape);
  const double fan_in = shape.empty() || shape[0] == 0 ? 1 : static_cast<double>(n) / static_cast<double>(shape[0]);
  std::vector<float> out(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const auto filled = static_cast<float>(value(kind, uniform(seed, static_cast<std::uint64_t>(i)), fan_in));
    out[static_cast<std::size_t>(i)] = scale == 1 ? filled : static_cast<float>(filled * scale);
  }
  return out;
}

std::vector<float> fill(const nlohmann::json& entry) {
  return fill(entry.at("name"), entry.at("shape").get<std::vector<std::int64_t>>(), entry.at("kind"), entry.value("scale", 1.0));
}

std::vector<std::uint8_t> fill_bytes(const nlohmann::json& entry) {
  const auto values = fill(entry.at("name"), entry.at("shape").get<std::vector<std::int64_t>>(), "uint8");
  return {values.begin(), values.end()};
}

}  // namespace mien::testing
