// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "mien/data/dataset.h"

namespace mien {

/// Larger class numbers are refused.
constexpr int kMostClasses = 10000;

/// What a sample's json and cls members say. Labels stay as written until all shards of a set are known.
struct ShardSample {
  std::string id, split, group;  ///< "" = not said
  std::optional<std::string> label_name;
  std::optional<int> label_number;
  Annotations annotations;  ///< all but `label`
};

/// The json member of a record: {"id", "split", "group", "label" (name), "distribution", "valence", "arousal", "action_units",
/// "landmarks" [[x,y],..], "identity"}; absent fields are left out. Floats read back bit-equal.
nlohmann::json to_shard_json(const Record& record, const Annotations& annotations, const LabelSpace& labels);

/// Reads a json member into `sample`. Labels are taken from "label", "expression", "emotion", "class" or "cls" (name or
/// number). Throws Error{bad_file} that begins with `where` for text that is no JSON object and for fields of a wrong type.
void read_shard_json(const std::string& text, const std::string& where, ShardSample& sample);

/// Reads a cls member: a class number, or a name. Throws Error{bad_file} when it is empty.
void read_shard_cls(const std::string& text, const std::string& where, ShardSample& sample);

}  // namespace mien
