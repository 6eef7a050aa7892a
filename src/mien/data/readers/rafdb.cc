// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <unordered_set>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/readers/class_folders.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"

namespace mien {

const char* const rafdb_layout =
    "basic/EmoLabel/list_patition_label.txt, basic/Image/aligned/train_00001_aligned.jpg (or Image/original/train_00001.jpg with "
    "Annotation/boundingbox), or DATASET/train|test/1..7/*.jpg";
const char* const rafdb_compound_layout =
    "compound/EmoLabel/list_patition_label.txt, compound/Image/aligned/train_0001_aligned.jpg";

namespace {

/// The owners' spelling first.
const std::vector<std::string> list_files = {"EmoLabel/list_patition_label.txt", "EmoLabel/list_partition_label.txt"};

fs::path list_of(const fs::path& base) {
  for (const auto& name : list_files)
    if (fs::exists(base / name)) return base / name;
  return base / list_files.front();
}

class ListReader {
 public:
  ListReader(fs::path base, Dataset& dataset, ReadReport& report)
      : base_(std::move(base)), dataset_(dataset), report_(report), aligned_(fs::is_directory(base_ / "Image" / "aligned")) {
    report_.note(aligned_ ? "images are Image/aligned" : "Image/aligned is not there: Image/original, cut by the owners' boxes");
  }

  void read() {
    const fs::path list = list_of(base_);
    const auto lines = read_lines(list);
    if (lines.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the list is empty", list.string()));
    for (const auto& line : lines) add(line.text, place(list, line.number));
    broken_.tell(report_, true);
  }

 private:
  void add(const std::string& line, const std::string& where) {
    const auto fields = words(line);
    if (fields.size() != 2)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected 'train_00001.jpg 5', found '{}'", where, line));
    Record record;
    record.split = split_name(fields[0].substr(0, fields[0].find('_')));
    if (record.split.empty())
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected a name with train_ or test_, found '{}'", where, fields[0]));
    const long long id = parse_integer(fields[1], where);
    record.annotations.label = id > 0 && id < 100 ? dataset_.labels.index_of_file_id(static_cast<int>(id)) : -1;
    if (record.annotations.label < 0)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected a class in 1..{}, found {}", where, dataset_.labels.size(), id),
                  "Basic expressions are 1..7, compound ones 1..11; is this the list of the other set?");
    if (!seen_.insert(fields[0]).second) return broken_.add("image listed twice", where);
    if (!locate(record, fs::path(fields[0]).stem().string(), fields[0])) return broken_.add("image file is missing", where);
    dataset_.records.push_back(std::move(record));
  }

  bool locate(Record& record, const std::string& stem, const std::string& name) {
    const fs::path file =
        aligned_ ? fs::path("Image") / "aligned" / (stem + "_aligned.jpg") : fs::path("Image") / "original" / name;
    record.id = file.generic_string();
    record.source.file = (base_ / file).string();
    if (!listing_.contains(base_ / file)) return false;
    if (!aligned_) add_annotations(record, stem);
    return true;
  }

  /// Box (x0 y0 x1 y1) and five landmarks, both in pixels of the original image.
  void add_annotations(Record& record, const std::string& stem) {
    const fs::path box = base_ / "Annotation" / "boundingbox" / (stem + "_boundingbox.txt");
    if (listing_.contains(box)) {
      std::vector<double> corners;
      for (const auto& line : read_lines(box))
        for (const auto& word : words(line.text)) corners.push_back(parse_real(word, place(box, line.number)));
      if (corners.size() != 4 || corners[2] <= corners[0] || corners[3] <= corners[1])
        throw Error(ErrorCode::bad_data, fmt::format("{}: expected a box x0 y0 x1 y1", box.string()));
      record.source.crop =
          cv::Rect(cv::Point(cvRound(corners[0]), cvRound(corners[1])), cv::Point(cvRound(corners[2]), cvRound(corners[3])));
    }
    const fs::path attributes = base_ / "Annotation" / "manual" / (stem + "_manu_attri.txt");
    if (!listing_.contains(attributes)) return;
    for (const auto& line : read_lines(attributes)) {
      const auto fields = words(line.text);
      if (fields.size() != 2) break;  // gender, race and age follow
      const std::string where = place(attributes, line.number);
      record.annotations.landmarks.emplace_back(static_cast<float>(parse_real(fields[0], where)),
                                                static_cast<float>(parse_real(fields[1], where)));
    }
  }

  fs::path base_;
  Dataset& dataset_;
  ReadReport& report_;
  const bool aligned_;
  FolderListing listing_;
  SkippedRows broken_;
  std::unordered_set<std::string> seen_;
};

/// True when the root holds train/1 ... as the Kaggle copies do.
bool has_class_folders(const fs::path& root) {
  return fs::is_directory(root / "train" / "1") || fs::is_directory(root / "test" / "1");
}

}  // namespace

Dataset read_rafdb(const fs::path& root, const DatasetOptions&, ReadReport& report) {
  Dataset dataset = new_file_dataset("rafdb", known_label_space("rafdb"));
  const fs::path folders = has_class_folders(root / "DATASET") ? root / "DATASET" : root;
  if (has_class_folders(folders))
    add_class_folders(dataset, folders, find_class_folders(folders, report), true, report);
  else
    ListReader(find_root(root, {"", "basic", "raf-basic"}, list_files, rafdb_layout), dataset, report).read();
  require_records(dataset, root, rafdb_layout);
  tell_class_counts(report, dataset, "train", {1290, 281, 717, 4772, 1982, 705, 2524});
  tell_class_counts(report, dataset, "test", {329, 74, 160, 1185, 478, 162, 680});
  return dataset;
}

Dataset read_rafdb_compound(const fs::path& root, const DatasetOptions&, ReadReport& report) {
  Dataset dataset = new_file_dataset("rafdb_compound", known_label_space("rafdb_compound"));
  ListReader(find_root(root, {"", "compound"}, list_files, rafdb_compound_layout), dataset, report).read();
  require_records(dataset, root, rafdb_compound_layout);
  tell_class_counts(report, dataset, "train");
  tell_class_counts(report, dataset, "test");
  tell_count(report, "images of both folds", dataset.size(), 3954);
  return dataset;
}

}  // namespace mien
