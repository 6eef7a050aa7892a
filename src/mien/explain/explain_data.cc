// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/explain_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/base/text.h"

namespace mien {
namespace {

constexpr std::uint64_t sample_purpose = 0x6578706c61696e;

Dataset dataset_of_files(const std::vector<std::string>& files, const WeightsInfo& info) {
  Dataset data;
  data.name = "images";
  data.labels = LabelSpace(info.label_space, info.class_names);
  data.source = file_sample_source();
  for (const auto& file : files) {
    Record record;
    record.id = record.source.file = file;
    data.records.push_back(std::move(record));
  }
  return data;
}

}  // namespace

Dataset sampled(const Dataset& data, std::int64_t limit, std::uint64_t seed) {
  if (limit <= 0 || limit >= data.size()) return data;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(data.size()));
  std::iota(indices.begin(), indices.end(), 0);
  Random(seed, sample_purpose).shuffle(indices);
  indices.resize(static_cast<std::size_t>(limit));
  std::sort(indices.begin(), indices.end());
  return select_indices(data, indices);
}

Dataset data_to_explain(const ExplainConfig& config, const WeightsInfo& info, Progress& progress,
                        std::vector<std::pair<std::string, std::string>>& facts) {
  if (!config.images.empty() && !config.data.spec.empty())
    throw Error(ErrorCode::usage, "both images and --data are given", "Explain one of them at a time.");
  if (!config.images.empty()) return dataset_of_files(config.images, info);
  if (config.data.spec.empty())
    throw Error(ErrorCode::usage, "nothing to explain",
                "Name image files or folders, or a data set with --data FORMAT:PATH; 'mien data formats' lists the formats.");
  ReadReport report;
  Dataset data = open_dataset(config.data, &report);
  for (const auto& line : report.lines)
    if (line.problem) progress.warn(line.text);
  if (config.split != "all") data = select_split(data, config.split);
  const auto unlabelled = [](const Record& r) { return r.annotations.label < 0; };
  if (!std::all_of(data.records.begin(), data.records.end(), unlabelled)) std::erase_if(data.records, unlabelled);
  std::map<std::string, int> dropped;
  data = map_to_label_space(data, LabelSpace(info.label_space, info.class_names), &dropped);
  for (const auto& [name, count] : dropped)
    facts.emplace_back("left out", fmt::format("{} images of class '{}', unknown to the weights", count, name));
  if (data.size() == 0)
    throw Error(ErrorCode::bad_data, config.data.spec + ": no image is left to explain in split '" + config.split + "'",
                "The weights know: " + join(info.class_names, ", ") + ".");
  const Dataset drawn = sampled(data, config.limit, static_cast<std::uint64_t>(config.seed));
  facts.emplace_back("data", fmt::format("{}, split {}: {} of {} images, drawn with seed {}", config.data.spec, config.split,
                                         drawn.size(), data.size(), config.seed));
  return drawn;
}

}  // namespace mien
