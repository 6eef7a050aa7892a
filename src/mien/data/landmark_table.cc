// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/landmark_table.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"

namespace mien {

namespace {

constexpr std::size_t kPoints = 68;
const std::array<std::string, 4> kStatusNames = {"found", "whole_image", "no_face", "unreadable"};

/// A number of the row with its column and decimals, in the order of the columns; points stand between `score` and `yaw_deg`.
struct Number {
  const char* column;
  double LandmarkRow::*field;
  int decimals;
};
constexpr Number kScore = {"score", &LandmarkRow::score, 4};
constexpr std::array<Number, 8> kMeasures = {{{"yaw_deg", &LandmarkRow::yaw_deg, 2},
                                              {"pitch_deg", &LandmarkRow::pitch_deg, 2},
                                              {"roll_deg", &LandmarkRow::roll_deg, 2},
                                              {"size_px", &LandmarkRow::size_px, 2},
                                              {"sharpness", &LandmarkRow::sharpness, 3},
                                              {"exposure", &LandmarkRow::exposure, 3},
                                              {"frontal", &LandmarkRow::frontal, 3},
                                              {"quality", &LandmarkRow::quality, 3}}};
constexpr std::array<const char*, 4> kBox = {"box_x", "box_y", "box_w", "box_h"};

/// Fixed decimals, without a minus before zero.
std::string number_text(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
  return text;
}

std::string header_line() { return csv_line(landmark_table_columns()); }

/// Rows of a table with their columns looked up once.
class TableReader {
 public:
  explicit TableReader(CsvTable table) : table_(std::move(table)) {
    id_ = table_.column("id", false);
    own_ = id_ >= 0;
    if (id_ < 0) id_ = table_.column("image", false);
    if (id_ < 0)
      throw Error(ErrorCode::bad_file, fmt::format("{}: no column 'id' (or 'image')", table_.file),
                  "Expected a table as 'mien data landmarks' writes it.");
    for (std::size_t i = 0; i < kPoints; ++i) {
      x_[i] = table_.column(fmt::format("x_{}", i));
      y_[i] = table_.column(fmt::format("y_{}", i));
    }
  }

  std::vector<LandmarkRow> read() {
    std::unordered_set<std::string> ids;
    std::vector<LandmarkRow> rows;
    for (at_ = 0; at_ < table_.rows.size(); ++at_) {
      rows.push_back(row());
      if (!ids.insert(rows.back().id).second)
        throw Error(ErrorCode::bad_file, fmt::format("{}: '{}' is listed twice", where(), rows.back().id));
    }
    return rows;
  }

 private:
  std::string where() const { return table_.where(at_); }

  std::string text(int column) const { return column < 0 ? "" : trim(table_.rows[at_][static_cast<std::size_t>(column)]); }
  std::string text(const char* column) const { return text(table_.column(column, false)); }

  double number(const std::string& text, double otherwise) const {
    if (text.empty()) return otherwise;
    const double value = parse_real(text, where());
    if (!std::isfinite(value)) throw Error(ErrorCode::bad_file, fmt::format("{}: expected a number, found '{}'", where(), text));
    return value;
  }

  LandmarkStatus status() const {
    const std::string name = text("status");
    for (std::size_t i = 0; i < kStatusNames.size(); ++i)
      if (name == kStatusNames[i]) return static_cast<LandmarkStatus>(i);
    if (!name.empty())
      throw Error(ErrorCode::bad_file, fmt::format("{}: unknown status '{}'", where(), name),
                  suggestion(name, {kStatusNames.begin(), kStatusNames.end()}));
    return text(x_[0]).empty() ? LandmarkStatus::no_face : LandmarkStatus::found;
  }

  LandmarkRow row() {
    LandmarkRow row;
    row.id = own_ ? table_.rows[at_][static_cast<std::size_t>(id_)] : text(id_);  // a name may begin or end with a blank
    if (row.id.empty()) throw Error(ErrorCode::bad_file, where() + ": the id is empty");
    row.status = status();
    row.reason = text("reason");
    if (row.status == LandmarkStatus::no_face || row.status == LandmarkStatus::unreadable) return row;
    std::array<float, 4> box{};
    for (std::size_t i = 0; i < 4; ++i) box[i] = static_cast<float>(number(text(kBox[i]), 0));
    row.box = {box[0], box[1], box[2], box[3]};
    row.score = number(text(kScore.column), 0);
    for (std::size_t i = 0; i < kPoints; ++i) row.points.push_back({coordinate(x_[i], i), coordinate(y_[i], i)});
    for (const auto& measure : kMeasures) row.*measure.field = number(text(measure.column), 0);
    return row;
  }

  float coordinate(int column, std::size_t point) const {
    const std::string value = text(column);
    if (value.empty()) throw Error(ErrorCode::bad_file, fmt::format("{}: landmark {} is missing", where(), point));
    return static_cast<float>(number(value, 0));
  }

  CsvTable table_;
  int id_ = -1;
  bool own_ = false;  ///< written by mien: the ids are names as they are
  std::array<int, kPoints> x_{}, y_{};
  std::size_t at_ = 0;
};

/// Cuts off a last line that was not written to its end, so that the next row starts on its own.
void drop_torn_line(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  if (text.empty() || text.back() == '\n') return;
  const auto end = text.rfind('\n');
  write_atomically(file, std::string_view(text).substr(0, end == std::string::npos ? 0 : end + 1));
}

}  // namespace

const std::string& landmark_status_name(LandmarkStatus status) { return kStatusNames.at(static_cast<std::size_t>(status)); }

const std::vector<std::string>& landmark_table_columns() {
  static const std::vector<std::string> columns = [] {
    std::vector<std::string> names = {"id", "status", "reason"};
    names.insert(names.end(), kBox.begin(), kBox.end());
    names.emplace_back(kScore.column);
    for (const char* axis : {"x", "y"})
      for (std::size_t i = 0; i < kPoints; ++i) names.push_back(fmt::format("{}_{}", axis, i));
    for (const auto& measure : kMeasures) names.emplace_back(measure.column);
    return names;
  }();
  return columns;
}

std::string landmark_table_line(const LandmarkRow& row) {
  std::vector<std::string> cells = {row.id, landmark_status_name(row.status), row.reason};
  if (!row.has_face()) {
    cells.resize(landmark_table_columns().size());
    return csv_line(cells);
  }
  if (row.points.size() != kPoints)
    throw Error(ErrorCode::usage,
                fmt::format("landmark table: {} has {} points, expected {}", row.id, row.points.size(), kPoints));
  for (const float v : {row.box.x, row.box.y, row.box.width, row.box.height})
    cells.push_back(number_text(static_cast<double>(v), 1));
  cells.push_back(number_text(row.score, kScore.decimals));
  for (const auto& p : row.points) cells.push_back(number_text(static_cast<double>(p.x), 2));
  for (const auto& p : row.points) cells.push_back(number_text(static_cast<double>(p.y), 2));
  for (const auto& measure : kMeasures) cells.push_back(number_text(row.*measure.field, measure.decimals));
  return csv_line(cells);
}

std::vector<LandmarkRow> read_landmark_table(const std::filesystem::path& file) {
  return TableReader(read_own_csv(file, true)).read();
}

LandmarkTableWriter::LandmarkTableWriter(const std::filesystem::path& file, bool resume) : file_(file) {
  std::error_code error;
  const bool exists = std::filesystem::exists(file, error);
  if (exists && !resume)
    throw Error(ErrorCode::usage, file.string() + ": the table exists already",
                "Name another folder, or add to it with --resume.");
  if (exists) drop_torn_line(file);
  if (!exists || read_text(file).empty()) {
    write_atomically(file, header_line());
  } else {
    const CsvTable table = read_own_csv(file, true);
    if (table.header != landmark_table_columns())
      throw Error(ErrorCode::bad_file, file.string() + ": the columns are not those of a landmark table of this version",
                  "Start anew in another folder.");
    earlier_ = TableReader(table).read();
  }
  out_.open(file, std::ios::binary | std::ios::app);
  if (!out_) throw Error(ErrorCode::io, file.string() + ": cannot be opened for writing");
}

void LandmarkTableWriter::append(const std::vector<LandmarkRow>& rows) {
  std::string text;
  for (const auto& row : rows) text += landmark_table_line(row);
  out_ << text << std::flush;
  if (!out_) throw Error(ErrorCode::io, file_.string() + ": writing failed", "Free some space, or write to another disk.");
}

AttachReport attach_landmarks(Dataset& dataset, const std::vector<LandmarkRow>& rows) {
  std::unordered_map<std::string, const LandmarkRow*> by_id;
  for (const auto& row : rows) by_id.emplace(row.id, &row);
  AttachReport report;
  for (auto& record : dataset.records) {
    const auto found = by_id.find(record.id);
    if (found == by_id.end()) {
      ++report.missing;
      if (report.examples.size() < 3) report.examples.push_back(record.id);
    } else if (found->second->has_face()) {
      ++report.attached;
      record.annotations.landmarks = found->second->points;
    } else {
      ++report.without_face;
    }
  }
  if (report.missing == dataset.size() && dataset.size() > 0)
    throw Error(
        ErrorCode::bad_data,
        fmt::format("the landmark table lists none of the data set's images: '{}' is not among its {} ids{}",
                    report.examples.front(), rows.size(), rows.empty() ? "" : fmt::format(" (first: '{}')", rows.front().id)),
        "Make a table for this data set with 'mien data landmarks'.");
  return report;
}

std::string attach_summary(const AttachReport& report, const std::string& what) {
  std::string text = fmt::format("{} of {} images have {}", with_commas(report.attached),
                                 with_commas(report.attached + report.without_face + report.missing), what);
  if (report.without_face > 0) text += fmt::format(", {} show no face", with_commas(report.without_face));
  if (report.missing > 0)
    text += fmt::format(", {} are not listed (first: {})", with_commas(report.missing), join(report.examples, ", "));
  return text;
}

}  // namespace mien
