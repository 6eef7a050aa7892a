// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/class_names.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"

namespace mien {

const char* const csv_list_layout =
    "labels.csv with the columns image,label[,identity,split,valence,arousal,x,y,w,h] in any order; images beside it or in "
    "images/; class numbers (3 or 3.0) need a label space; empty, nan, NULL, None and NA mean that there is none";

namespace {

class ListReader {
 public:
  ListReader(const fs::path& file, const DatasetOptions& options, ReadReport& report)
      : folder_(file.parent_path()), table_(read_csv(file, true)), report_(report) {
    if (table_.rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", table_.file));
    for (const char* name : {"image", "label", "identity", "split", "valence", "arousal", "x", "y", "w", "h"})
      columns_[name] = table_.column(name, std::string(name) == "image");
    if (columns_["label"] < 0 && columns_["valence"] < 0)
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: expected a column 'label' or 'valence', found: {}", table_.file, join(table_.header, ", ")));
    labels_ = label_space(options);
  }

  Dataset read() {
    Dataset dataset = new_file_dataset("csv", labels_);
    for (std::size_t row = 0; row < table_.rows.size(); ++row) add(dataset, row);
    broken_.tell(report_, true);
    require_records(dataset, table_.file, csv_list_layout);
    std::set<std::string> splits;
    for (const auto& record : dataset.records) splits.insert(record.split);
    for (const auto& split : splits) tell_class_counts(report_, dataset, split);
    return dataset;
  }

 private:
  /// The cell, trimmed; "" where the column is absent.
  std::string raw(std::size_t row, const char* column) const {
    const int at = columns_.at(column);
    return at < 0 ? "" : trim(table_.rows[row][static_cast<std::size_t>(at)]);
  }
  /// The same; "" also where a table program says so ("nan").
  std::string cell(std::size_t row, const char* column) const {
    const std::string text = raw(row, column);
    return means_missing(text) ? "" : text;
  }

  LabelSpace label_space(const DatasetOptions& options) {
    std::set<std::string> names;
    std::string number_at, name_at;  // the first of each
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      const std::string label = cell(row, "label");
      if (label.empty()) continue;
      if (is_other_number(label))
        throw Error(ErrorCode::bad_data,
                    fmt::format("{}: label {} is neither the name nor the number of a class", table_.where(row), label),
                    "Class numbers are whole and not negative.");
      const bool number = class_number(label).has_value();
      if (std::string& first = number ? number_at : name_at; first.empty())
        first = fmt::format("'{}' ({})", label, table_.where(row));
      names.insert(canonical_expression(label));
    }
    if (!number_at.empty() && !name_at.empty())
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: labels are numbers and names: {} and {}", table_.file, number_at, name_at),
                  "Write all of them as names, or all as numbers of a known label space.");
    by_number_ = !number_at.empty();
    if (!by_number_) return space_of({names.begin(), names.end()});
    if (options.labels.empty())
      throw Error(ErrorCode::usage,
                  fmt::format("{}: the labels are numbers, which mean different classes in different data sets", table_.file),
                  "Name the label space whose numbers these are with --labels: " + join(known_label_space_names(), ", ") + ".");
    return known_label_space(options.labels);
  }

  LabelSpace space_of(std::vector<std::string> names) const {
    try {
      return make_label_space(std::move(names));
    } catch (const Error& error) {
      throw Error(error.code(), table_.file + ": " + error.what(), error.hint());
    }
  }

  void add(Dataset& dataset, std::size_t row) {
    const std::string where = table_.where(row), image = raw(row, "image"), label = raw(row, "label");
    if (image.empty()) return broken_.add("no image name", where);
    Record record;
    record.id = image;
    if (!locate(record, image)) return broken_.add("image file is missing", where);
    record.source.crop = box(row, where);
    record.split = split_of(row, where);
    record.annotations.identity = cell(row, "identity");
    record.annotations.label = label_of(row, where);
    record.annotations.valence_arousal = valence_arousal(row, where);
    if (record.annotations.label < 0 && !record.annotations.valence_arousal)
      return broken_.add(
          label.empty() ? "neither label nor valence and arousal" : fmt::format("'{}' says that there is no label", label),
          where);
    if (!unique_id(record)) return broken_.add("image listed twice", where);
    dataset.records.push_back(std::move(record));
  }

  bool locate(Record& record, const std::string& image) {
    for (const std::string& name : {image, text_of_cell(image)})  // the list may come from a command of ours
      for (const auto& file : {folder_ / name, folder_ / "images" / name})
        if (listing_.contains(file)) {
          record.source.file = file.string();
          return true;
        }
    return false;
  }

  /// Several faces of one image differ in their box.
  bool unique_id(Record& record) {
    const cv::Rect& crop = record.source.crop;
    const int earlier = faces_of_[record.id]++;
    if (!seen_.insert(fmt::format("{}|{},{},{},{}", record.id, crop.x, crop.y, crop.width, crop.height)).second) return false;
    if (earlier > 0) record.id += fmt::format("#{}", earlier + 1);
    return true;
  }

  int label_of(std::size_t row, const std::string& where) const {
    const std::string text = cell(row, "label");
    if (text.empty()) return -1;
    const int label = by_number_ ? labels_.index_of_file_id(class_number(text).value()) : labels_.index_of(text);
    if (label < 0)
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: label {} is no class of the label space '{}'", where, text, labels_.name()));
    return label;
  }

  std::string split_of(std::size_t row, const std::string& where) const {
    const std::string text = cell(row, "split");
    const std::string split = split_name(text);
    if (split.empty() && !text.empty())
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected a split train, valid or test, found '{}'", where, text));
    return split;
  }

  std::optional<ValenceArousal> valence_arousal(std::size_t row, const std::string& where) const {
    const std::string valence = cell(row, "valence"), arousal = cell(row, "arousal");
    if (valence.empty() || arousal.empty()) return std::nullopt;
    const double v = parse_real(valence, where), a = parse_real(arousal, where);
    if (!(v >= -1 && v <= 1 && a >= -1 && a <= 1))
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: expected valence and arousal in [-1,1], found {} and {}", where, valence, arousal));
    return ValenceArousal{static_cast<float>(v), static_cast<float>(a)};
  }

  cv::Rect box(std::size_t row, const std::string& where) const {
    int numbers[4];
    int given = 0;
    for (const char* name : {"x", "y", "w", "h"}) {
      const std::string text = cell(row, name);
      if (!text.empty()) numbers[given++] = cvRound(parse_real(text, where));
    }
    if (given == 0) return {};
    if (given < 4 || numbers[2] <= 0 || numbers[3] <= 0)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected a face box x,y,w,h with positive sides", where));
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
  }

  fs::path folder_;
  CsvTable table_;
  ReadReport& report_;
  std::unordered_map<std::string, int> columns_;
  LabelSpace labels_;
  bool by_number_ = false;
  FolderListing listing_;
  SkippedRows broken_;
  std::unordered_map<std::string, int> faces_of_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Dataset read_csv_list(const fs::path& path, const DatasetOptions& options, ReadReport& report) {
  const fs::path file = fs::is_directory(path) ? path / "labels.csv" : path;
  if (!fs::exists(file))
    throw Error(ErrorCode::not_found, fmt::format("{}: there is no such file", file.string()),
                std::string("Expected layout: ") + csv_list_layout);
  return ListReader(file, options, report).read();
}

}  // namespace mien
