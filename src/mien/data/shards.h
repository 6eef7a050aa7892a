// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/data/catalogue.h"
#include "mien/data/dataset.h"

namespace mien {

/// Writes tar shards in the WebDataset layout: NAME-000000.tar, ... each sample as <key>.<image extension> and <key>.json
/// (annotations, split, group, id), and NAME.json (label space, counts, shard list), which is written last. Original bytes
/// are kept where a record is a whole file or a part of one (told by content: jpg, png, webp, bmp, tif, gif, heif); cropped, drawn and
/// in-memory images become PNG, with landmarks in their pixels. A shard ends before it exceeds `shard_bytes`, but holds one
/// sample at least. Images that cannot be read are left out, warned about and listed in NAME.json. Returns the shards written.
/// Throws Error{usage} when NAME.json exists already, Error{bad_data} when no image could be read, Error{io}.
std::vector<std::filesystem::path> pack_shards(const Dataset& dataset, const std::filesystem::path& folder,
                                               const std::string& name, std::int64_t shard_bytes, Progress& progress);

/// Reads what `pack_shards` (or any WebDataset writer with picture (jpg, png, webp, tif, heic, ...) + json/cls members) wrote: NAME.json, a
/// shard, or a folder with shards. Members are indexed once, images are read in place. Members whose names agree up to the
/// first dot of the last path component make one sample. Without a NAME.json the classes are the label names found, sorted,
/// or the class numbers 0 to the largest; ids are SHARD/KEY; the split comes from the json member or from a shard name that
/// begins with train, val or test. `report`, which may be null, receives counts and what had to be skipped.
/// Throws Error{not_found}, or Error{bad_file} naming shard and member for damaged archives and annotations.
Dataset read_shards(const std::filesystem::path& path, ReadReport* report);

}  // namespace mien
