// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/label_noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/base/text.h"

namespace mien {
namespace {

constexpr std::uint64_t noise_purpose = 111;

std::uint64_t key_of(const std::string& id) { return std::stoull(content_hash(id.data(), id.size()).substr(0, 16), nullptr, 16); }

/// The counterpart of each class; -1 = none.
std::vector<int> counterparts(const LabelSpace& labels) {
  std::vector<int> out;
  for (const auto& name : labels.names()) {
    const std::string other = confused_with(name);
    out.push_back(other.empty() ? -1 : labels.index_of(other));
  }
  if (std::all_of(out.begin(), out.end(), [](int other) { return other < 0; }))
    throw Error(ErrorCode::usage, "--label-noise pairs: no class of " + join(labels.names(), ", ") + " has a counterpart",
                "Use --label-noise symmetric:SHARE.");
  return out;
}

int any_other(int label, int classes, Random& random) {
  const auto drawn = static_cast<int>(random.integer(classes - 1));
  return drawn + (drawn >= label ? 1 : 0);
}

void relabel(Annotations& annotations, int label) {
  if (!annotations.distribution.empty())
    std::swap(annotations.distribution.at(static_cast<std::size_t>(annotations.label)),
              annotations.distribution.at(static_cast<std::size_t>(label)));
  annotations.label = label;
}

}  // namespace

LabelNoise parse_label_noise(const std::string& text) {
  if (text.empty()) return {};
  const auto colon = text.find(':');
  const LabelNoise noise{text.substr(0, colon),
                         colon == std::string::npos ? -1 : parse_real(text.substr(colon + 1), "--label-noise " + text)};
  if ((noise.kind != "symmetric" && noise.kind != "pairs") || !(noise.share >= 0 && noise.share <= 1))
    throw Error(ErrorCode::usage, "--label-noise '" + text + "': expected symmetric:SHARE or pairs:SHARE with a share of 0 to 1",
                "For example --label-noise symmetric:0.2");
  return noise;
}

std::string confused_with(const std::string& expression) {
  static const std::map<std::string, std::string> pairs = {
      {"surprise", "fear"},   {"fear", "surprise"},   {"anger", "disgust"},     {"disgust", "anger"},
      {"sadness", "neutral"}, {"neutral", "sadness"}, {"happiness", "neutral"}, {"contempt", "neutral"}};
  const auto found = pairs.find(canonical_expression(expression));
  return found == pairs.end() ? "" : found->second;
}

Dataset with_label_noise(Dataset dataset, const LabelNoise& noise, std::uint64_t seed) {
  if (noise.kind.empty()) return dataset;
  const int classes = dataset.labels.size();
  const std::vector<int> pairs = noise.kind == "pairs" ? counterparts(dataset.labels) : std::vector<int>{};
  for (Record& record : dataset.records) {
    Annotations& annotations = record.annotations;
    if (annotations.label < 0 || classes < 2) continue;
    Random random(seed, noise_purpose, key_of(record.id));
    if (!random.chance(noise.share)) continue;
    const int other =
        pairs.empty() ? any_other(annotations.label, classes, random) : pairs[static_cast<std::size_t>(annotations.label)];
    if (other >= 0) relabel(annotations, other);
  }
  return dataset;
}

}  // namespace mien
