// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/readers/affectnet_releases.h"

namespace mien {
namespace {

constexpr std::size_t landmark_count = 68;
const std::vector<std::string> header_names = {"subDirectory_filePath", "face_x",     "face_y",  "face_width", "face_height",
                                               "facial_landmarks",      "expression", "valence", "arousal"};

std::optional<double> cell(const std::string& text, const std::string& where) {
  const std::string value = trim(text);
  if (value.empty() || to_lower(value) == "null" || to_lower(value) == "nan") return std::nullopt;
  return parse_real(value, where);
}

/// "x;y;x;y;..." with 68 pairs; anything else is no landmarks.
std::vector<cv::Point2f> parse_landmarks(const std::string& text, const std::string& where) {
  const auto parts = split(text, ';');
  if (parts.size() != 2 * landmark_count) return {};
  std::vector<cv::Point2f> points;
  for (std::size_t i = 0; i < landmark_count; ++i)
    points.emplace_back(static_cast<float>(parse_real(trim(parts[2 * i]), where)),
                        static_cast<float>(parse_real(trim(parts[2 * i + 1]), where)));
  return points;
}

class TableReader {
 public:
  TableReader(Dataset& dataset, fs::path images, ReadReport& report)
      : dataset_(dataset), images_(std::move(images)), report_(report) {}

  void read(const fs::path& file, const std::string& split) {
    CsvTable table = read_csv(file, false);
    if (table.rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", file.string()));
    SkippedRows by_rule, broken;
    std::size_t row = take_header(table) ? 1 : 0;
    for (; row < table.rows.size(); ++row) {
      add(table.rows[row], table.where(row), split, by_rule, broken);
      std::vector<std::string>().swap(table.rows[row]);  // landmarks make the full table several hundred MB
    }
    by_rule.tell(report_, false);
    broken.tell(report_, true);
  }

 private:
  /// Columns by header, or in the owners' order when the first line is data.
  bool take_header(const CsvTable& table) {
    std::vector<std::string> first;
    for (const auto& name : table.rows.front()) first.push_back(trim(name));
    const bool has_header = std::find(first.begin(), first.end(), header_names[0]) != first.end();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i] = i;
      if (!has_header) continue;
      const auto found = std::find(first.begin(), first.end(), header_names[i]);
      if (found == first.end())
        throw Error(ErrorCode::bad_file,
                    fmt::format("{}: no column '{}', found: {}", table.where(0), header_names[i], join(first, ", ")));
      columns_[i] = static_cast<std::size_t>(found - first.begin());
    }
    return has_header;
  }

  void add(const std::vector<std::string>& fields, const std::string& where, const std::string& split, SkippedRows& by_rule,
           SkippedRows& broken) {
    const std::size_t needed = *std::max_element(columns_.begin(), columns_.end()) + 1;
    if (fields.size() < needed)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected {} fields, found {}", where, needed, fields.size()));
    const auto expression = cell(fields[columns_[6]], where);
    if (!expression) return broken.add(split + ": no expression", where);
    if (!(*expression >= 0 && *expression <= 10)) return broken.add(split + ": expression outside 0..10", where);
    const int label = dataset_.labels.index_of_file_id(static_cast<int>(*expression));
    if (label < 0)
      return by_rule.add(fmt::format("{}: expression {} (7 contempt, 8 none, 9 uncertain, 10 non-face)", split, *expression),
                         where);
    std::array<std::optional<double>, 4> box;
    for (std::size_t i = 0; i < 4; ++i) box[i] = cell(fields[columns_[1 + i]], where);
    if (!box[0] || !box[1] || !box[2] || !box[3] || *box[2] <= 0 || *box[3] <= 0)
      return broken.add(split + ": no usable face box", where);
    Record record;
    record.id = trim(fields[columns_[0]]);
    if (!seen_.insert(record.id).second) return broken.add(split + ": image listed twice", where);
    if (!listing_.contains(images_ / record.id)) return broken.add(split + ": image file is missing", where);
    record.split = split;
    record.source.file = (images_ / record.id).string();
    record.source.crop = cv::Rect(cvRound(*box[0]), cvRound(*box[1]), cvRound(*box[2]), cvRound(*box[3]));
    record.annotations.label = label;
    record.annotations.landmarks = parse_landmarks(fields[columns_[5]], where);
    const auto valence = cell(fields[columns_[7]], where), arousal = cell(fields[columns_[8]], where);
    if (valence && arousal) record.annotations.valence_arousal = affectnet_valence_arousal(*valence, *arousal);
    dataset_.records.push_back(std::move(record));
  }

  Dataset& dataset_;
  fs::path images_;
  ReadReport& report_;
  std::array<std::size_t, 9> columns_{};
  FolderListing listing_;
  std::unordered_set<std::string> seen_;
};

fs::path images_of(const fs::path& root) {
  for (const char* name : {"Manually_Annotated_Images", "Manually_Annotated/Manually_Annotated_Images",
                           "Manually_Annotated_compressed/Manually_Annotated_Images"})
    if (fs::is_directory(root / name)) return root / name;
  return root;
}

}  // namespace

std::optional<ValenceArousal> affectnet_valence_arousal(double valence, double arousal) {
  if (!(std::abs(valence) <= 1 && std::abs(arousal) <= 1)) return std::nullopt;
  return ValenceArousal{static_cast<float>(valence), static_cast<float>(arousal)};
}

void add_affectnet_csv(Dataset& dataset, const fs::path& root, const std::string& layout, ReadReport& report) {
  const fs::path lists =
      find_root(root, {"", "Manually_Annotated_file_lists", "Manually_Annotated"}, {"training.csv", "validation.csv"}, layout);
  TableReader reader(dataset, images_of(root), report);
  for (const auto& [file, split] : {std::pair{"training.csv", "train"}, std::pair{"validation.csv", "valid"}}) {
    if (fs::exists(lists / file))
      reader.read(lists / file, split);
    else
      report.note(fmt::format("{}: {} is not there", split, file));
  }
}

}  // namespace mien
