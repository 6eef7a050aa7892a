// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/metadata.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mien::exporting {
namespace {

/// Commas separate the entries, so none may stay inside one.
std::string listed(const std::vector<std::string>& entries) {
  std::string out;
  for (std::string entry : entries) {
    std::replace(entry.begin(), entry.end(), ',', ' ');
    out += (out.empty() ? "" : ",") + entry;
  }
  return out;
}

std::string numbers(const std::vector<double>& values) { return fmt::format("{}", fmt::join(values, ",")); }

std::string scores_text(const std::map<std::string, double>& scores) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : scores) entries.push_back(fmt::format("{} {:.4f}", name, value));
  return listed(entries);
}

}  // namespace

std::string input_text(const WeightsInfo& info) {
  const Preprocessing& p = info.preprocessing;
  return fmt::format("float32 [N,{},{},{}], channels {}, (pixel / {} - mean {}) / std {}", p.channels(), p.height, p.width,
                     p.color, p.divide_by, numbers(p.mean), numbers(p.std));
}

std::map<std::string, std::string> onnx_metadata(const WeightsInfo& info) {
  const Preprocessing& p = info.preprocessing;
  auto out = to_metadata(info);
  out.merge(std::map<std::string, std::string>{
      {"architecture", info.network.arch},
      {"input", input_text(info)},
      {"class_names", listed(info.class_names)},
      {"label_space", info.label_space},
      {"color_order", p.color},
      {"input_width", std::to_string(p.width)},
      {"input_height", std::to_string(p.height)},
      {"resize", p.resize},
      {"divide_by", fmt::format("{}", p.divide_by)},
      {"mean", numbers(p.mean)},
      {"std", numbers(p.std)},
      {"crop_margin", fmt::format("{}", p.crop_margin)},
      {"alignment", p.alignment.empty() ? "none" : p.alignment},
      {"temperature", fmt::format("{}", info.temperature)},
      {"licence", info.licence},
      {"training_data", info.training_data},
      {"commit", info.commit},
      {"accuracy", scores_text(info.scores)},
  });
  return out;
}

}  // namespace mien::exporting
