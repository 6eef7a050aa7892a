// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/leaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <unordered_map>

#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/data/tar.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

constexpr std::int64_t kChunk = 2048;  ///< images between two reports of progress

/// What is kept of an image after it was read.
struct Fingerprint {
  std::string pixels;  ///< empty = unreadable
  std::string bytes;   ///< empty = not from a file
  std::string reason;
};

/// Position of a split in "train, valid, test, others by name".
std::pair<int, std::string> split_rank(const std::string& split) {
  const int rank = split == "train" ? 0 : split == "valid" ? 1 : split == "test" ? 2 : 3;
  return {rank, split};
}

bool is_gray(const cv::Mat& image) {
  for (int y = 0; y < image.rows; ++y) {
    const auto* row = image.ptr<cv::Vec3b>(y);
    for (int x = 0; x < image.cols; ++x)
      if (row[x][0] != row[x][1] || row[x][0] != row[x][2]) return false;
  }
  return true;
}

/// Size and pixels; a gray picture saved as RGB counts as gray.
std::string pixel_hash(const cv::Mat& image) {
  cv::Mat plane = image;
  if (image.type() == CV_8UC3 && is_gray(image)) cv::extractChannel(image, plane, 0);
  if (!plane.isContinuous()) plane = plane.clone();
  return fmt::format("{}x{}x{}:{}", plane.cols, plane.rows, plane.channels(),
                     content_hash(plane.data, plane.total() * plane.elemSize()));
}

std::string byte_hash(const ImageSource& source) {
  if (source.file.empty() || source.gray) return {};
  const std::int64_t most = DecodeOptions().max_bytes;
  if (source.length > most) return {};  // the decoder refuses it with a reason
  const bool whole = source.offset == 0 && source.length < 0;
  const auto bytes = whole ? read_bytes(source.file, static_cast<std::uint64_t>(most))
                           : read_part(source.file, source.offset, source.length, "image");
  return content_hash(bytes.data(), bytes.size());
}

Fingerprint fingerprint_of(const Dataset& dataset, std::int64_t index) {
  const Record& record = dataset.records[static_cast<std::size_t>(index)];
  Fingerprint print;
  const auto problem = attempt(record.id, [&] {
    print.bytes = byte_hash(record.source);
    print.pixels = pixel_hash(dataset.load(index).image);
  });
  if (problem) print = {{}, {}, problem->what()};
  return print;
}

std::vector<Fingerprint> fingerprints(const Dataset& dataset, int threads, Progress& progress) {
  std::vector<Fingerprint> prints(dataset.records.size());
  progress.begin("comparing images", dataset.size());
  for (std::int64_t first = 0; first < dataset.size(); first += kChunk) {
    const std::int64_t count = std::min(kChunk, dataset.size() - first);
    parallel_for(count, threads,
                 [&](std::int64_t i) { prints[static_cast<std::size_t>(first + i)] = fingerprint_of(dataset, first + i); });
    progress.advance(first + count, "");
  }
  return prints;
}

const std::string& split_of(const Dataset& dataset, std::int64_t index) {
  return dataset.records[static_cast<std::size_t>(index)].split;
}

DuplicateGroup group_of(const Dataset& dataset, const std::vector<Fingerprint>& prints, std::vector<std::int64_t> indices) {
  DuplicateGroup group;
  const std::string& bytes = prints[static_cast<std::size_t>(indices.front())].bytes;
  group.same_bytes = !bytes.empty();
  for (const std::int64_t i : indices) {
    group.same_bytes = group.same_bytes && prints[static_cast<std::size_t>(i)].bytes == bytes;
    group.across_splits = group.across_splits || split_of(dataset, i) != split_of(dataset, indices.front());
  }
  group.indices = std::move(indices);
  return group;
}

std::vector<DuplicateGroup> equal_images(const Dataset& dataset, const std::vector<Fingerprint>& prints) {
  std::unordered_map<std::string, std::size_t> slot_of;
  std::vector<std::vector<std::int64_t>> equal;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    if (prints[i].pixels.empty()) continue;
    const auto [slot, fresh] = slot_of.emplace(prints[i].pixels, equal.size());
    if (fresh) equal.emplace_back();
    equal[slot->second].push_back(static_cast<std::int64_t>(i));
  }
  std::vector<DuplicateGroup> groups;
  for (auto& indices : equal)
    if (indices.size() > 1) groups.push_back(group_of(dataset, prints, std::move(indices)));
  return groups;
}

std::int64_t copies_of_train(const Dataset& dataset, const DuplicateGroup& group) {
  const auto in_train =
      std::count_if(group.indices.begin(), group.indices.end(), [&](std::int64_t i) { return split_of(dataset, i) == "train"; });
  return in_train == 0 ? 0 : static_cast<std::int64_t>(group.indices.size()) - in_train;
}

std::vector<std::pair<std::string, std::vector<std::string>>> shared_identities(const Dataset& dataset) {
  std::map<std::string, std::map<std::pair<int, std::string>, bool>> splits;
  for (const auto& record : dataset.records)
    if (!record.annotations.identity.empty() && !record.split.empty())
      splits[record.annotations.identity][split_rank(record.split)] = true;
  std::vector<std::pair<std::string, std::vector<std::string>>> shared;
  for (const auto& [identity, present] : splits) {
    if (present.size() < 2) continue;
    shared.emplace_back(identity, std::vector<std::string>());
    for (const auto& item : present) shared.back().second.push_back(item.first.second);
  }
  return shared;
}

/// The member of a group that stays.
std::int64_t kept_of(const Dataset& dataset, const DuplicateGroup& group) {
  return *std::min_element(group.indices.begin(), group.indices.end(), [&](std::int64_t a, std::int64_t b) {
    return std::make_pair(split_rank(split_of(dataset, a)), a) < std::make_pair(split_rank(split_of(dataset, b)), b);
  });
}

}  // namespace

LeakReport find_leaks(const Dataset& dataset, int threads, Progress& progress) {
  const auto prints = fingerprints(dataset, threads, progress);
  LeakReport report;
  report.duplicates = equal_images(dataset, prints);
  for (const auto& group : report.duplicates) report.images_across_splits += copies_of_train(dataset, group);
  report.shared_identities = shared_identities(dataset);
  for (std::size_t i = 0; i < prints.size(); ++i)
    if (prints[i].pixels.empty()) report.unreadable.push_back(dataset.records[i].id + ": " + prints[i].reason);
  progress.end(fmt::format("{} groups of equal images, {} images outside train have a copy in train, {} unreadable",
                           report.duplicates.size(), report.images_across_splits, report.unreadable.size()));
  return report;
}

Dataset drop_duplicates(const Dataset& dataset, const LeakReport& leaks, std::vector<std::pair<std::string, int>>* removed) {
  std::vector<bool> drop(dataset.records.size(), false);
  for (const auto& group : leaks.duplicates) {
    for (const std::int64_t i : group.indices)
      if (i < 0 || i >= dataset.size())
        throw Error(ErrorCode::mismatch,
                    fmt::format("leak report names record {}, the data set '{}' has {}", i, dataset.name, dataset.size()),
                    "The report was made from another data set.");
    const std::int64_t kept = kept_of(dataset, group);
    for (const std::int64_t i : group.indices) drop[static_cast<std::size_t>(i)] = i != kept;
  }
  Dataset result{dataset.name, dataset.labels, {}, dataset.source};
  std::map<std::pair<int, std::string>, int> counts;
  for (std::size_t i = 0; i < drop.size(); ++i) {
    if (drop[i])
      ++counts[split_rank(dataset.records[i].split)];
    else
      result.records.push_back(dataset.records[i]);
  }
  if (removed) {
    removed->clear();
    for (const auto& [split, count] : counts) removed->emplace_back(split.second, count);
  }
  return result;
}

}  // namespace mien
