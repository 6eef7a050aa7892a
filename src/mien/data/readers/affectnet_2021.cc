// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/data/readers/affectnet_releases.h"
#include "mien/data/readers/npy.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

std::vector<double> numbers_of(const fs::path& file, std::size_t expected) {
  const auto numbers = parse_npy(read_bytes(file, 1 << 20), file.string());
  if (numbers.size() != expected)
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected {} numbers, found {}", file.string(), expected, numbers.size()));
  return numbers;
}

/// The annotation files of one set; images and annotations are listed once each.
class SetReader {
 public:
  SetReader(fs::path folder, std::string split) : folder_(std::move(folder)), split_(std::move(split)) {
    for (const auto& name : file_names(folder_ / "images"))
      if (has_image_extension(name)) images_.push_back(name);
    if (fs::is_directory(folder_ / "annotations"))
      for (auto& name : file_names(folder_ / "annotations")) annotations_.insert(std::move(name));
  }

  void read(Dataset& dataset, ReadReport& report) {
    std::vector<int> expressions(images_.size(), -1);
    std::vector<Record> records(images_.size());
    parallel_for(static_cast<std::int64_t>(images_.size()), 0, [&](std::int64_t i) {
      const auto index = static_cast<std::size_t>(i);
      expressions[index] = read_one(images_[index], records[index]);
    });
    SkippedRows by_rule, broken;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const int label = expressions[i] < 0 ? -1 : dataset.labels.index_of_file_id(expressions[i]);
      if (expressions[i] < 0 || expressions[i] > 10) {
        broken.add(split_ + ": image without an expression (_exp.npy) in 0..10", records[i].id);
      } else if (label < 0) {
        by_rule.add(fmt::format("{}: expression {} (7 contempt, 8 none, 9 uncertain, 10 non-face)", split_, expressions[i]),
                    records[i].id);
      } else {
        records[i].annotations.label = label;
        dataset.records.push_back(std::move(records[i]));
      }
    }
    by_rule.tell(report, false);
    broken.tell(report, true);
  }

 private:
  bool has(const std::string& name) const { return annotations_.count(name) > 0; }

  /// The number in _exp.npy, -1 without one.
  int read_one(const std::string& image, Record& record) const {
    const std::string stem = fs::path(image).stem().string();
    record.id = (folder_.filename() / "images" / image).generic_string();
    record.split = split_;
    record.source.file = (folder_ / "images" / image).string();
    const fs::path base = folder_ / "annotations";
    if (!has(stem + "_exp.npy")) return -1;
    const int expression = static_cast<int>(numbers_of(base / (stem + "_exp.npy"), 1)[0]);
    if (has(stem + "_val.npy") && has(stem + "_aro.npy"))
      record.annotations.valence_arousal =
          affectnet_valence_arousal(numbers_of(base / (stem + "_val.npy"), 1)[0], numbers_of(base / (stem + "_aro.npy"), 1)[0]);
    if (has(stem + "_lnd.npy")) {
      const auto numbers = numbers_of(base / (stem + "_lnd.npy"), 136);
      for (std::size_t k = 0; k < numbers.size(); k += 2)
        record.annotations.landmarks.emplace_back(static_cast<float>(numbers[k]), static_cast<float>(numbers[k + 1]));
    }
    return expression;
  }

  fs::path folder_;
  std::string split_;
  std::vector<std::string> images_;
  std::unordered_set<std::string> annotations_;
};

}  // namespace

void add_affectnet_2021(Dataset& dataset, const fs::path& root, ReadReport& report) {
  for (const auto& [folder, split] : {std::pair{"train_set", "train"}, std::pair{"val_set", "valid"}}) {
    if (fs::is_directory(root / folder / "images"))
      SetReader(root / folder, split).read(dataset, report);
    else
      report.note(fmt::format("{}: {}/images is not there", split, folder));
  }
}

}  // namespace mien
