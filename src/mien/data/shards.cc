// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/data/class_names.h"
#include "mien/data/shard_annotations.h"
#include "mien/data/shard_index.h"
#include "mien/data/tar.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

constexpr std::int64_t kLongestJson = 16 << 20, kLongestCls = 4096;

/// A sample of a shard before its label is known as a class index.
struct Found {
  Record record;
  std::optional<std::string> label_name;
  std::optional<int> label_number;
};

/// The members of one sample; null = absent.
struct Parts {
  std::string key;
  const TarMember* image = nullptr;
  const TarMember* json = nullptr;
  const TarMember* cls = nullptr;
};

/// Counts of what had to be skipped, over all shards.
struct Skipped {
  std::int64_t without_image = 0, repeated = 0, shards_without_end = 0;
};

bool is_image(std::string_view extension) {
  return extension.find('.') == std::string_view::npos && has_image_extension("x." + std::string(extension));
}

/// Splits "folder/key.extension" at the first dot of its last component.
std::pair<std::string, std::string> key_and_extension(const std::string& name) {
  const auto slash = name.rfind('/');
  const auto dot = name.find('.', slash == std::string::npos ? 0 : slash + 1);
  if (dot == std::string::npos) return {name, ""};
  return {name.substr(0, dot), to_lower(name.substr(dot + 1))};
}

/// "seg.png" is an image too, but only where the sample has none with a plain extension.
void place(const TarMember& member, const std::string& extension, Parts& parts, Skipped& skipped) {
  const auto set = [&](const TarMember*& part) {
    if (part)
      ++skipped.repeated;
    else
      part = &member;
  };
  if (extension == "json") return set(parts.json);
  if (extension == "cls") return set(parts.cls);
  if (!is_image(extension.substr(extension.rfind('.') + 1))) return;
  if (!is_image(extension)) {
    if (!parts.image) parts.image = &member;
    return;
  }
  if (parts.image && !is_image(key_and_extension(parts.image->name).second)) parts.image = nullptr;
  set(parts.image);
}

/// Samples in the order of their first member.
std::vector<Parts> group_members(const TarIndex& index, Skipped& skipped) {
  std::vector<Parts> samples;
  std::unordered_map<std::string, std::size_t> slot_of;
  for (const auto& member : index.members) {
    auto [key, extension] = key_and_extension(member.name);
    const auto [slot, fresh] = slot_of.emplace(key, samples.size());
    if (fresh) samples.push_back({key, nullptr, nullptr, nullptr});
    place(member, extension, samples[slot->second], skipped);
  }
  return samples;
}

std::string member_text(const fs::path& shard, const TarMember& member, std::int64_t longest) {
  if (member.size > longest)
    throw Error(ErrorCode::bad_file, fmt::format("{}: member '{}' has {} bytes, expected at most {}", shard.string(), member.name,
                                                 member.size, longest));
  const auto bytes = read_part(shard, member.offset, member.size, member.name);
  return {bytes.begin(), bytes.end()};
}

std::string split_from_name(const fs::path& shard) {
  const std::string name = to_lower(shard.filename().string());
  if (name.starts_with("train")) return "train";
  if (name.starts_with("val")) return "valid";
  return name.starts_with("test") ? "test" : "";
}

/// In shards of others a number may be written as text, and "nan" is no label.
void settle_label(ShardSample& sample, const std::string& where) {
  if (!sample.label_name) return;
  const std::string name = *sample.label_name;
  if (is_other_number(name))
    throw Error(ErrorCode::bad_file, fmt::format("{}: label '{}' is neither the name nor the number of a class", where, name));
  const auto number = class_number(name);
  if (!number && !means_missing(name)) return;
  if (number && *number >= kMostClasses)
    throw Error(ErrorCode::bad_file, fmt::format("{}: class number {}, expected less than {}", where, *number, kMostClasses));
  sample.label_name.reset();
  sample.label_number = number;
}

Found read_sample(const fs::path& shard, const Parts& parts, bool ours) {
  ShardSample sample;
  const auto where = [&](const TarMember& member) { return fmt::format("{}: member '{}'", shard.string(), member.name); };
  if (parts.json) read_shard_json(member_text(shard, *parts.json, kLongestJson), where(*parts.json), sample);
  if (parts.cls) read_shard_cls(member_text(shard, *parts.cls, kLongestCls), where(*parts.cls), sample);
  if (!ours) settle_label(sample, where(*parts.image));
  Found found;
  found.record.id = ours && !sample.id.empty() ? sample.id : shard.filename().string() + "/" + parts.key;
  found.record.split = sample.split.empty() && !ours ? split_from_name(shard) : sample.split;
  found.record.group = sample.group;
  found.record.annotations = std::move(sample.annotations);
  found.record.source.file = shard.string();
  found.record.source.offset = parts.image->offset;
  found.record.source.length = parts.image->size;
  found.label_name = std::move(sample.label_name);
  found.label_number = sample.label_number;
  return found;
}

std::int64_t read_shard(const fs::path& shard, bool ours, std::vector<Found>& samples, Skipped& skipped) {
  const TarIndex index = index_tar(shard);
  if (!index.has_end_mark) ++skipped.shards_without_end;
  std::int64_t count = 0;
  for (const auto& parts : group_members(index, skipped)) {
    if (!parts.image) {
      ++skipped.without_image;
      continue;
    }
    samples.push_back(read_sample(shard, parts, ours));
    ++count;
  }
  return count;
}

/// Names found, or numbers 0 to the largest, or the length of the distributions.
LabelSpace labels_of(const std::vector<Found>& samples) {
  std::set<std::string> names;
  int classes = 0;
  for (const auto& found : samples) {
    if (found.label_name) names.insert(canonical_expression(*found.label_name));
    if (found.label_number) classes = std::max(classes, *found.label_number + 1);
    classes = std::max(classes, static_cast<int>(found.record.annotations.distribution.size()));
  }
  if (!names.empty()) return make_label_space({names.begin(), names.end()});
  std::vector<std::string> numbers;
  for (int i = 0; i < classes; ++i) numbers.push_back(std::to_string(i));
  return {"numbers", numbers};
}

void set_label(Found& found, const LabelSpace& labels) {
  Annotations& annotations = found.record.annotations;
  const std::string where = fmt::format("{}: sample '{}'", found.record.source.file, found.record.id);
  if (found.label_name)
    annotations.label = labels.index_of(*found.label_name);
  else if (found.label_number)
    annotations.label = labels.index_of_file_id(*found.label_number);
  if (annotations.label < 0 && (found.label_name || found.label_number))
    throw Error(ErrorCode::bad_file, fmt::format("{}: class '{}' is not among: {}", where,
                                                 found.label_name ? *found.label_name : std::to_string(*found.label_number),
                                                 join(labels.names(), ", ")));
  const auto length = annotations.distribution.size();
  if (length != 0 && length != labels.names().size())
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: a distribution over {} classes, expected {}", where, length, labels.size()));
}

void tell(const ShardSet& set, const Skipped& skipped, const Dataset& dataset, ReadReport& report) {
  report.note(fmt::format("{} samples in {} shards", dataset.size(), set.shards.size()));
  if (skipped.without_image) report.problem(fmt::format("{} samples without an image were skipped", skipped.without_image));
  if (skipped.repeated)
    report.problem(fmt::format("{} members that repeat a key and an extension were skipped", skipped.repeated));
  if (skipped.shards_without_end)
    report.problem(fmt::format("{} shards have no end mark: they may have been cut off", skipped.shards_without_end));
  std::unordered_set<std::string> ids;
  std::int64_t repeated = 0;
  for (const auto& record : dataset.records) repeated += !ids.insert(record.id).second;
  if (repeated) report.problem(fmt::format("{} samples have an id that occurs before", repeated));
}

}  // namespace

Dataset read_shards(const fs::path& path, ReadReport* report) {
  const ShardSet set = find_shards(path);
  std::vector<Found> samples;
  Skipped skipped;
  for (const auto& shard : set.shards) {
    const std::int64_t count = read_shard(shard.file, set.labels.has_value(), samples, skipped);
    if (shard.samples >= 0 && count != shard.samples)
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: expected {} samples, found {}", shard.file.string(), shard.samples, count),
                  "The shard does not belong to its index; pack or copy it again.");
  }
  Dataset dataset{set.name, set.labels ? *set.labels : labels_of(samples), {}, file_sample_source()};
  dataset.records.reserve(samples.size());
  for (auto& found : samples) {
    set_label(found, dataset.labels);
    dataset.records.push_back(std::move(found.record));
  }
  if (report) tell(set, skipped, dataset, *report);
  return dataset;
}

}  // namespace mien
