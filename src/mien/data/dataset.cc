// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/dataset.h"

#include <fmt/format.h>

#include <set>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

Dataset without_records(const Dataset& dataset) { return {dataset.name, dataset.labels, {}, dataset.source}; }

std::string splits_present(const Dataset& dataset) {
  std::set<std::string> splits;
  for (const auto& record : dataset.records) splits.insert(record.split.empty() ? "(none)" : record.split);
  return join({splits.begin(), splits.end()}, ", ");
}

/// False when the record has a class that the mapping leaves out.
bool move_annotations(Annotations& annotations, const std::vector<int>& mapping, int to_size) {
  if (annotations.label >= 0) {
    annotations.label = mapping.at(static_cast<std::size_t>(annotations.label));
    if (annotations.label < 0) return false;
  }
  if (!annotations.distribution.empty()) {
    auto moved = map_distribution(annotations.distribution, mapping, to_size);
    if (!moved) return false;
    annotations.distribution = std::move(*moved);
  }
  return true;
}

}  // namespace

Sample Dataset::load(std::int64_t index) const {
  if (index < 0 || index >= size())
    throw Error(ErrorCode::bad_data, fmt::format("data set '{}': image {} of {} was asked for", name, index, size()));
  if (!source) throw Error(ErrorCode::bad_data, fmt::format("data set '{}' has no source of images", name));
  Sample sample = source->load(records[static_cast<std::size_t>(index)]);
  sample.index = index;
  return sample;
}

Dataset select_split(const Dataset& dataset, const std::string& split) {
  Dataset result = without_records(dataset);
  for (const auto& record : dataset.records)
    if (record.split == split) result.records.push_back(record);
  if (result.records.empty())
    throw Error(ErrorCode::bad_data,
                fmt::format("data set '{}' has no records of the split '{}'; splits present: {}", dataset.name, split,
                            splits_present(dataset)),
                "Choose one of these splits, or make one by share or by folds.");
  return result;
}

Dataset select_indices(const Dataset& dataset, const std::vector<std::int64_t>& indices) {
  Dataset result = without_records(dataset);
  result.records.reserve(indices.size());
  for (const std::int64_t index : indices) {
    if (index < 0 || index >= dataset.size())
      throw Error(ErrorCode::bad_data, fmt::format("data set '{}': index {} of {} records", dataset.name, index, dataset.size()));
    result.records.push_back(dataset.records[static_cast<std::size_t>(index)]);
  }
  return result;
}

Dataset map_to_label_space(const Dataset& dataset, const LabelSpace& to, std::map<std::string, int>* dropped) {
  const std::vector<int> mapping = map_labels(dataset.labels, to);
  Dataset result = without_records(dataset);
  result.labels = to;
  for (const auto& record : dataset.records) {
    Record moved = record;
    if (move_annotations(moved.annotations, mapping, to.size())) {
      result.records.push_back(std::move(moved));
    } else if (dropped) {
      const int label = record.annotations.label;
      ++(*dropped)[label < 0 ? "(no label)" : dataset.labels.names()[static_cast<std::size_t>(label)]];
    }
  }
  return result;
}

const std::vector<std::string>& action_unit_names() {
  static const std::vector<std::string> names = {"AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU10", "AU12",
                                                 "AU14", "AU15", "AU17", "AU20", "AU23", "AU25", "AU26", "AU28", "AU45"};
  return names;
}

}  // namespace mien
