// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/data_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/data/catalogue.h"
#include "mien/data/splits.h"
#include "mien/data/label_noise.h"

namespace mien {
namespace {

bool has_split(const Dataset& data, const std::string& split) {
  return std::any_of(data.records.begin(), data.records.end(), [&](const Record& r) { return r.split == split; });
}

Dataset labelled(Dataset data) {
  std::erase_if(data.records, [](const Record& r) { return r.annotations.label < 0; });
  return data;
}

EpochData parts_of(const Dataset& data, const Split& split) {
  return {std::make_shared<Dataset>(select_indices(data, split.train)), std::make_shared<Dataset>(select_indices(data, split.held_out))};
}

FoldKind fold_kind(const std::string& name) {
  if (name == "stratified") return FoldKind::stratified;
  return name == "by_identity" ? FoldKind::by_identity : FoldKind::consecutive;
}

std::vector<EpochData> fold_parts(const Dataset& train, const ValidationOptions& o, std::uint64_t seed) {
  const auto fold_of = folds(train, static_cast<int>(o.folds), fold_kind(o.fold_kind), seed);
  if (o.fold >= o.folds)
    throw Error(ErrorCode::usage, fmt::format("--fold {}: there are only {} folds, counted from 0", o.fold, o.folds));
  std::vector<EpochData> parts;
  for (int f = 0; f < o.folds; ++f)
    if (o.fold < 0 || o.fold == f) parts.push_back(parts_of(train, fold_split(fold_of, f)));
  return parts;
}

std::vector<EpochData> make_parts(const Dataset& all, const Dataset& train, const TrainConfig& config, const std::string& source) {
  const ValidationOptions& o = config.validation;
  const auto seed = static_cast<std::uint64_t>(config.seed);
  if (source == "holdout") return {parts_of(train, stratified_split(train, o.share, seed, o.by_identity))};
  if (source == "folds") return fold_parts(train, o, seed);
  if (source == "test_part") {
    const Dataset test = labelled(select_split(all, "test"));
    const auto part = stratified_split(test, o.share, seed);
    return {{std::make_shared<Dataset>(train), std::make_shared<Dataset>(select_indices(test, part.held_out))}};
  }
  return {{std::make_shared<Dataset>(train), std::make_shared<Dataset>(labelled(select_split(all, "valid")))}};
}

}  // namespace

std::string dataset_hash(const Dataset& data) {
  std::string text;
  for (const Record& r : data.records) {
    text += fmt::format("{}\t{}\t{}", r.id, r.split, r.annotations.label);
    const Annotations& a = r.annotations;
    for (float p : a.distribution) text += fmt::format(" {:.6g}", p);
    if (a.valence_arousal) text += fmt::format(" va {:.6g} {:.6g}", a.valence_arousal->valence, a.valence_arousal->arousal);
    if (!a.action_units.empty()) text += fmt::format(" units {:.6g}", fmt::join(a.action_units, " "));
    if (!a.landmarks.empty()) text += " points";
    for (const cv::Point2f& point : a.landmarks) text += fmt::format(" {:.6g} {:.6g}", point.x, point.y);
    text += '\n';
  }
  return content_hash(text.data(), text.size());
}

DataPlan plan_data(const TrainConfig& config, Progress& progress) {
  const LabelNoise noise = parse_label_noise(config.label_noise);
  ReadReport report;
  const Dataset all = open_dataset(config.data, &report);
  for (const auto& line : report.lines)
    if (line.problem) progress.warn(line.text);
  const bool any_split = std::any_of(all.records.begin(), all.records.end(), [](const Record& r) { return !r.split.empty(); });
  const Dataset train = labelled(any_split ? select_split(all, config.train_split) : all);

  std::string source = config.validation.source;
  if (source == "auto") source = has_split(all, "valid") && config.train_split != "valid" ? "split" : "holdout";
  DataPlan plan;
  plan.labels = all.labels;
  plan.name = all.name;
  plan.alignment = format_of_spec(config.data.spec).alignment;
  plan.data_hash = dataset_hash(all);
  plan.parts = make_parts(all, train, config, source);
  for (const auto& part : plan.parts)
    if (part.train->size() < 2 || part.valid->size() == 0)
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: {} training and {} validation images", config.data.spec, part.train->size(), part.valid->size()),
                  "Look at the splits with 'mien data stats --data " + shell_word(config.data.spec) + "' and choose --validation.");
  if (!noise.kind.empty())
    for (EpochData& part : plan.parts)
      part.train = std::make_shared<Dataset>(with_label_noise(*part.train, noise, static_cast<std::uint64_t>(config.seed)));
  plan.class_counts.assign(static_cast<std::size_t>(plan.labels.size()), 0);
  for (const Record& r : plan.parts[0].train->records) ++plan.class_counts[static_cast<std::size_t>(r.annotations.label)];
  plan.summary = fmt::format("{} train, {} validation ({})", with_commas(plan.parts[0].train->size()),
                             with_commas(plan.parts[0].valid->size()), source);
  if (!noise.kind.empty()) plan.summary += ", label noise " + config.label_noise;
  return plan;
}

}  // namespace mien
