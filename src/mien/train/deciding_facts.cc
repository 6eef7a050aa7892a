// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/deciding_facts.h"

#include <fmt/format.h>

#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

/// Options whose effect is in the state or in the data set's hash.
const std::set<std::string> told_elsewhere{"data.spec",          "data.landmark_table",   "data.action_units",     "training.weights",
                                           "training.ignore_head", "training.skip_weights", "training.allow_partial"};

/// Of a file, or of the best weights in a run folder; else the last part of the path.
std::string content_of(const std::string& path) {
  if (path.empty()) return "";
  for (const fs::path& file : {fs::path(path), fs::path(path) / "weights" / "best.safetensors"})
    if (std::error_code ignored; fs::is_regular_file(file, ignored)) {
      const std::string bytes = read_text(file);
      return content_hash(bytes.data(), bytes.size());
    }
  return fs::path(path).filename().string();
}

DecidingFacts options_of(TrainConfig config) {
  DecidingFacts facts;
  OptionTable table;
  describe(config, table);
  for (const OptionField& field : table.fields())
    if (field.decides_result && !told_elsewhere.count(field.full_name()) && is_read_by(field, config.method.method))
      facts[field.full_name()] = field.is_path ? content_of(value_text(field)) : value_text(field);
  return facts;
}

std::string shown(const std::string& value) { return value.empty() ? "empty" : value; }

}  // namespace

DecidingFacts deciding_facts(const TrainConfig& config, const DataPlan& data, const ComputePlan& plan) {
  DecidingFacts facts = options_of(config);
  facts["data.content"] = data.data_hash;
  facts["training.precision"] = plan.bf16 ? "bf16" : "fp32";
  facts["training.device"] = plan.device.is_cuda() ? "cuda" : "cpu";
  facts["training.channels_last"] = plan.channels_last ? "true" : "false";
  return facts;
}

void check_same_training(const DecidingFacts& stored, const DecidingFacts& now, const std::filesystem::path& origin) {
  const auto differs = [&](const std::string& name, const std::string& before, const std::string& present) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: the state belongs to another configuration or data set: {} was {}, now it is {}", origin.string(), name, shown(before), shown(present)),
                "Restore config.toml and the data of the run, or start a new run.");
  };
  TrainConfig standard;
  if (const auto method = now.find("method.method"); method != now.end()) standard.method.method = method->second;
  const DecidingFacts defaults = options_of(standard);
  for (const auto& [name, value] : now) {
    if (const auto before = stored.find(name); before != stored.end()) {
      if (before->second != value) differs(name, before->second, value);
    } else if (const auto usual = defaults.find(name); usual == defaults.end() || usual->second != value) {
      differs(name, "unknown", value);
    }
  }
  for (const auto& [name, value] : stored)
    if (!now.count(name)) differs(name, value, "unknown");
}

}  // namespace mien
