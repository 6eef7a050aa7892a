// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/shard_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLongestIndex = 256ull << 20;

/// The parsed file when it is an index of shards; nullopt for other JSON files.
std::optional<json> parse_index(const fs::path& file) {
  const auto bytes = read_bytes(file, kLongestIndex);
  auto object = try_parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!object || !object->is_object() || !object->contains("format") || (*object)["format"] != "mien-shards") return std::nullopt;
  return object;
}

ShardFile shard_of(const json& entry, const fs::path& index) {
  const fs::path name = entry.at("file").get<std::string>();
  if (name.empty() || name != name.filename())
    throw Error(ErrorCode::bad_file, fmt::format("{}: shard '{}' is no plain file name", index.string(), name.string()));
  ShardFile shard{index.parent_path() / name, entry.at("samples").get<std::int64_t>()};
  std::error_code error;
  const auto size = fs::file_size(shard.file, error);
  if (error) throw Error(ErrorCode::not_found, fmt::format("{}: shard '{}': {}", index.string(), name.string(), error.message()));
  if (size != entry.at("bytes").get<std::uint64_t>())
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: expected {} bytes, found {}", shard.file.string(), entry.at("bytes").get<std::uint64_t>(), size),
                "The shard was cut off or replaced; copy or pack it again.");
  return shard;
}

LabelSpace labels_of(const json& object) {
  const json& labels = object.at("labels");
  return {labels.at("name").get<std::string>(), labels.at("classes").get<std::vector<std::string>>(),
          labels.at("file_ids").get<std::vector<int>>()};
}

/// Everything in an index; with `only`, no shard but that one.
ShardSet set_of(const json& object, const fs::path& index, const fs::path& only = {}) {
  try {
    if (object.at("version").get<int>() != 1)
      throw Error(ErrorCode::bad_file, fmt::format("{}: version {}, expected 1", index.string(), object.at("version").get<int>()),
                  "It was written by a newer program.");
    ShardSet set{object.at("name").get<std::string>(), labels_of(object), {}};
    for (const auto& entry : object.at("shards"))
      if (only.empty() || entry.at("file").get<std::string>() == only.filename().string())
        set.shards.push_back(shard_of(entry, index));
    return set;
  } catch (const json::exception& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: damaged index of shards: {}", index.string(), error.what()));
  }
}

ShardSet from_index(const fs::path& file) {
  const auto object = parse_index(file);
  if (!object)
    throw Error(ErrorCode::bad_file, fmt::format("{}: expected an index of shards ('format': 'mien-shards')", file.string()));
  return set_of(*object, file);
}

std::vector<fs::path> files_with(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == extension) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

ShardSet from_folder(const fs::path& folder) {
  std::vector<fs::path> indices;
  for (const auto& file : files_with(folder, ".json"))
    if (parse_index(file)) indices.push_back(file);
  if (indices.size() > 1)
    throw Error(ErrorCode::usage,
                fmt::format("{}: holds {} data sets ({} and {}, ...)", folder.string(), indices.size(),
                            indices[0].filename().string(), indices[1].filename().string()),
                "Name one of the .json files.");
  if (indices.size() == 1) return from_index(indices[0]);
  const fs::path name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  ShardSet set{name.string(), std::nullopt, {}};
  for (const auto& file : files_with(folder, ".tar")) set.shards.push_back({file, -1});
  if (set.shards.empty())
    throw Error(ErrorCode::not_found, fmt::format("{}: neither an index of shards (NAME.json) nor *.tar found", folder.string()));
  return set;
}

/// NAME.json beside NAME-000000.tar.
ShardSet from_shard(const fs::path& shard) {
  const std::string stem = shard.stem().string();
  const auto dash = stem.rfind('-');
  const fs::path index = shard.parent_path() / (stem.substr(0, dash) + ".json");
  if (dash != std::string::npos && fs::is_regular_file(index))
    if (const auto object = parse_index(index)) {
      ShardSet set = set_of(*object, index, shard);
      if (!set.shards.empty()) return set;
    }
  return {stem, std::nullopt, {{shard, -1}}};
}

}  // namespace

ShardSet find_shards(const fs::path& path) {
  if (fs::is_directory(path)) return from_folder(path);
  if (!fs::exists(path))
    throw Error(ErrorCode::not_found, fmt::format("{}: no such file or folder", path.string()),
                "Name a NAME.json, a .tar or a folder with them.");
  return path.extension() == ".json" ? from_index(path) : from_shard(path);
}

}  // namespace mien
