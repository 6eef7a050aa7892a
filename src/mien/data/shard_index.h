// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mien/data/label_space.h"

namespace mien {

struct ShardFile {
  std::filesystem::path file;
  std::int64_t samples = -1;  ///< as the index says; -1 = unknown
};

/// The shards of a data set.
struct ShardSet {
  std::string name;
  std::optional<LabelSpace> labels;  ///< nullopt when there is no NAME.json
  std::vector<ShardFile> shards;
};

/// Finds the shards that `path` stands for: a NAME.json, a folder with one (or with *.tar alone, taken by name), or a single
/// shard, whose NAME.json, when it lies beside it, gives the label space. Throws Error{not_found}, Error{usage} when a folder
/// has several indices, Error{bad_file} for a damaged index and for shards whose size is not the one written there.
ShardSet find_shards(const std::filesystem::path& path);

}  // namespace mien
