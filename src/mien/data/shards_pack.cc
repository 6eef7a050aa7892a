// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>
#include <map>
#include <optional>

#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/data/shard_annotations.h"
#include "mien/data/shards.h"
#include "mien/data/tar.h"
#include "mien/image/decode.h"
#include "mien/image/encode.h"
#include "mien/image/image_format.h"

namespace mien {
namespace {

using nlohmann::json;
using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kReportEvery = 256;

/// One record ready to be written.
struct Packed {
  std::int64_t index = 0;
  std::string extension;
  Bytes image;
  std::string annotations;
  std::int64_t bytes() const { return tar_bytes(image.size()) + tar_bytes(annotations.size()); }
};

/// Replaces what is no UTF-8 (file names may hold any bytes).
std::string text_of(const json& object, int indent = -1) {
  return json_text(object, indent);
}

Bytes original_bytes(const Record& record) {
  const ImageSource& source = record.source;
  const DecodeOptions limits;
  if (source.offset == 0 && source.length < 0) return read_bytes(source.file, static_cast<std::uint64_t>(limits.max_bytes));
  return read_part(source.file, source.offset, source.length, record.id);
}

Packed pack_record(const Dataset& dataset, std::int64_t index) {
  const Record& record = dataset.records[static_cast<std::size_t>(index)];
  const ImageSource& source = record.source;
  Packed packed;
  packed.index = index;
  if (!source.file.empty() && !source.gray && source.crop.empty()) {
    packed.image = original_bytes(record);
    packed.extension = usual_extension(image_format(packed.image.data(), packed.image.size()));
    if (packed.extension.empty()) throw Error(ErrorCode::bad_file, source.file + ": no picture of a known format");
    packed.annotations = text_of(to_shard_json(record, record.annotations, dataset.labels));
    return packed;
  }
  const Sample sample = dataset.load(index);
  packed.image = encode_png(sample.image);
  packed.extension = "png";
  packed.annotations = text_of(to_shard_json(record, sample.annotations, dataset.labels));
  return packed;
}

/// Writes the shards of one data set, one after another.
class Packer {
 public:
  Packer(const Dataset& dataset, fs::path folder, std::string name, std::int64_t shard_bytes, Progress& progress)
      : dataset_(dataset), folder_(std::move(folder)), name_(std::move(name)), shard_bytes_(shard_bytes), progress_(progress) {}

  std::vector<fs::path> pack() {
    progress_.begin("packing " + name_, dataset_.size());
    fetch();
    while (pending_) write_shard();
    progress_.advance(dataset_.size(), "");
    if (files_.empty())
      throw Error(ErrorCode::bad_data,
                  fmt::format("data set '{}': none of {} images could be packed", dataset_.name, dataset_.size()),
                  left_out_.empty() ? "The data set is empty." : "First reason: " + left_out_.front());
    write_atomically(folder_ / (name_ + ".json"), text_of(index(), 2) + "\n");
    progress_.end(fmt::format("{} samples in {} shards, {} left out", packed_, files_.size(), left_out_.size()));
    return files_;
  }

 private:
  /// The next readable record into `pending_`; none at the end.
  void fetch() {
    pending_.reset();
    while (next_ < dataset_.size() && !pending_) {
      const std::int64_t index = next_++;
      if (index % kReportEvery == 0) progress_.advance(index, "");
      const std::string& id = dataset_.records[static_cast<std::size_t>(index)].id;
      const auto problem = attempt("", [&] { pending_ = pack_record(dataset_, index); });
      if (!problem) continue;
      pending_.reset();
      left_out_.push_back(id + ": " + problem->what());
      progress_.warn("left out " + left_out_.back());
    }
  }

  void write_shard() {
    const fs::path file = folder_ / fmt::format("{}-{:06}.tar", name_, files_.size());
    const std::int64_t end_bytes = tar_bytes(0) * 2, packed_before = packed_;
    std::int64_t bytes = end_bytes;
    write_atomically(file, [&](std::ostream& out) {
      while (pending_ && (bytes == end_bytes || bytes + pending_->bytes() <= shard_bytes_)) {
        bytes += pending_->bytes();
        write_sample(out);
        fetch();
      }
      append_tar_end(out);
    });
    files_.push_back(file);
    shards_.push_back({{"file", file.filename().string()}, {"samples", packed_ - packed_before}, {"bytes", bytes}});
  }

  void write_sample(std::ostream& out) {
    const std::string key = fmt::format("{:08}", pending_->index);
    append_tar_member(out, key + "." + pending_->extension, pending_->image.data(), pending_->image.size());
    append_tar_member(out, key + ".json", pending_->annotations.data(), pending_->annotations.size());
    ++packed_;
    const Record& record = dataset_.records[static_cast<std::size_t>(pending_->index)];
    const int label = record.annotations.label;
    ++counts_[record.split][label < 0 ? "" : dataset_.labels.names().at(static_cast<std::size_t>(label))];
  }

  json index() const {
    json file_ids = json::array();
    for (int i = 0; i < dataset_.labels.size(); ++i) file_ids.push_back(dataset_.labels.file_id(i));
    return {{"format", "mien-shards"},
            {"version", 1},
            {"name", dataset_.name},
            {"labels", {{"name", dataset_.labels.name()}, {"classes", dataset_.labels.names()}, {"file_ids", file_ids}}},
            {"samples", packed_},
            {"counts", counts_},
            {"left_out", left_out_},
            {"shards", shards_}};
  }

  const Dataset& dataset_;
  const fs::path folder_;
  const std::string name_;
  const std::int64_t shard_bytes_;
  Progress& progress_;
  std::int64_t next_ = 0, packed_ = 0;
  std::optional<Packed> pending_;
  std::vector<fs::path> files_;
  std::vector<std::string> left_out_;
  std::map<std::string, std::map<std::string, std::int64_t>> counts_;
  json shards_ = json::array();
};

}  // namespace

std::vector<fs::path> pack_shards(const Dataset& dataset, const fs::path& folder, const std::string& name,
                                  std::int64_t shard_bytes, Progress& progress) {
  if (name.empty() || fs::path(name).filename() != fs::path(name) || name == "." || name == "..")
    throw Error(ErrorCode::usage, fmt::format("shard name '{}' is no plain file name", name));
  if (shard_bytes < 1) throw Error(ErrorCode::usage, fmt::format("size of a shard is {} bytes, expected 1 or more", shard_bytes));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, fmt::format("{}: cannot create the folder: {}", folder.string(), error.message()));
  const fs::path index = folder / (name + ".json");
  if (fs::exists(index))
    throw Error(ErrorCode::usage, fmt::format("{}: exists already", index.string()),
                "Choose another name or folder, or remove the old shards.");
  return Packer(dataset, folder, name, shard_bytes, progress).pack();
}

}  // namespace mien
