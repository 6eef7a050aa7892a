// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/openface_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/file_walk.h"
#include "mien/base/text.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 6> kPose = {"pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"};

/// Columns of one file, looked up once; -1 = absent.
struct Columns {
  int image = -1, frame = -1, face = -1, timestamp = -1, confidence = -1, success = -1;
  std::vector<int> x, y, pose, intensity, presence;

  explicit Columns(const CsvTable& table) {
    const auto find = [&](const std::string& name) { return table.column(name, false); };
    for (const char* name : {"filename", "file", "image"})
      if (find(name) >= 0) image = find(name);
    frame = find("frame"), timestamp = find("timestamp"), confidence = find("confidence"), success = find("success");
    face = find("face_id") >= 0 ? find("face_id") : find("face");
    for (int i = 0; i < 68; ++i) {
      x.push_back(find(fmt::format("x_{}", i)));
      y.push_back(find(fmt::format("y_{}", i)));
    }
    for (const char* name : kPose) pose.push_back(find(name));
    for (const auto& unit : action_unit_names()) {
      intensity.push_back(find(unit + "_r"));
      presence.push_back(find(unit + "_c"));
    }
  }

  static bool all(const std::vector<int>& columns) { return std::find(columns.begin(), columns.end(), -1) == columns.end(); }
  static bool any(const std::vector<int>& columns) {
    return std::any_of(columns.begin(), columns.end(), [](int column) { return column >= 0; });
  }
};

class RowReader {
 public:
  RowReader(const CsvTable& table, const Columns& columns, std::size_t row)
      : cells_(table.rows[row]), header_(table.header), columns_(columns), where_(table.where(row)), line_(table.lines[row]) {}

  OpenFaceRow read() const {
    const auto& c = columns_;
    OpenFaceRow row;
    row.line = line_;
    if (c.image >= 0) row.image = text(c.image);
    row.frame = static_cast<std::int64_t>(number(c.frame, 0, 1e15));
    row.face = static_cast<int>(number(c.face, 0, 1e9));
    row.timestamp_s = number(c.timestamp, 0);
    row.confidence = number(c.confidence, 1);
    row.success = number(c.success, 1) != 0;
    if (Columns::all(c.x) && Columns::all(c.y))
      for (std::size_t i = 0; i < 68; ++i)
        row.points.emplace_back(static_cast<float>(number(c.x[i], 0)), static_cast<float>(number(c.y[i], 0)));
    if (Columns::all(c.pose)) {
      std::array<double, 6> v{};
      for (std::size_t i = 0; i < 6; ++i) v[i] = number(c.pose[i], 0);
      row.pose = OpenFacePose{{v[0], v[1], v[2]}, {v[3], v[4], v[5]}};
    }
    row.intensities = units(c.intensity, 5.5);
    row.presences = units(c.presence, 1);
    return row;
  }

 private:
  std::string text(int column) const { return trim(cells_[static_cast<std::size_t>(column)]); }

  double number(int column, double otherwise, double largest = 1e12) const {
    if (column < 0) return otherwise;
    const std::string cell = text(column);
    const double value = cell == "nan" || cell == "-nan" ? std::numeric_limits<double>::quiet_NaN() : parse(cell, column);
    // A lost face may have NaN anywhere; infinities and absurd values are damage.
    if (std::abs(value) > largest) fail(cell, column);
    return std::isnan(value) ? otherwise : value;
  }

  double parse(const std::string& cell, int column) const {
    try {
      return parse_real(cell, where_);
    } catch (const Error&) {
      fail(cell, column);
    }
  }

  [[noreturn]] void fail(const std::string& cell, int column) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}: expected a number in column '{}', found '{}'", where_,
                                                 header_[static_cast<std::size_t>(column)], cell));
  }

  std::vector<float> units(const std::vector<int>& columns, double largest) const {
    if (!Columns::any(columns)) return {};
    std::vector<float> values;
    for (const int column : columns) {
      const double value = number(column, std::numeric_limits<double>::quiet_NaN());
      if (value < 0 || value > largest) fail(text(column), column);
      values.push_back(static_cast<float>(value));
    }
    return values;
  }

  const std::vector<std::string>& cells_;
  const std::vector<std::string>& header_;
  const Columns& columns_;
  std::string where_;
  int line_;
};

std::vector<float> values_of(const OpenFaceRow& row, ActionUnitValues kind, const std::string& file) {
  const bool complete = row.presences.size() == 18 && (kind == ActionUnitValues::presence || row.intensities.size() == 18);
  std::vector<float> values = kind == ActionUnitValues::presence ? row.presences : row.intensities;
  const auto& names = action_unit_names();
  for (std::size_t i = 0; i < values.size() && complete; ++i)
    if (kind == ActionUnitValues::intensity && names[i] == "AU28") values[i] = row.presences[i];
  const auto missing = std::find_if(values.begin(), values.end(), [](float v) { return std::isnan(v); });
  if (!complete || missing != values.end())
    throw Error(
        ErrorCode::bad_data,
        fmt::format("{}:{}: no value of {}", file, row.line,
                    complete ? names[static_cast<std::size_t>(missing - values.begin())] : "the action units"),
        "Run OpenFace with action units (-aus); presences are the columns AU01_c to AU45_c, intensities AU01_r to AU45_r.");
  return values;
}

const OpenFaceRow* surest_face(const std::vector<OpenFaceRow>& rows) {
  const OpenFaceRow* best = nullptr;
  for (const auto& row : rows)
    if (row.success && (best == nullptr || row.confidence > best->confidence)) best = &row;
  return best;
}

std::string without_extension(const std::string& path) { return fs::path(path).replace_extension().generic_string(); }

/// The names under which a record may be listed, the most exact first.
std::vector<std::string> names_of(const Record& record) {
  const std::string file = record.source.file;
  std::vector<std::string> names = {record.id, without_extension(record.id)};
  if (!file.empty() && record.source.length < 0) {
    names.push_back(fs::path(file).filename().string());
    names.push_back(fs::path(file).stem().string());
  }
  names.push_back(fs::path(record.id).filename().string());
  names.push_back(fs::path(record.id).stem().string());
  return names;
}

/// Which of the listed names answers for which record; no name answers for two.
class Names {
 public:
  explicit Names(std::unordered_set<std::string> listed) : listed_(std::move(listed)) {}

  /// "" when none of the record's names is listed.
  std::string claim(const Record& record) {
    for (const auto& name : names_of(record)) {
      if (listed_.count(name) == 0) continue;
      const auto [taken, first] = taken_.emplace(name, record.id);
      if (!first && taken->second != record.id)
        throw Error(ErrorCode::bad_data, fmt::format("action units: '{}' may mean '{}' or '{}'", name, taken->second, record.id),
                    "List images by their whole id, or keep OpenFace's files in the subfolders of the images.");
      return name;
    }
    return "";
  }

 private:
  std::unordered_set<std::string> listed_;
  std::unordered_map<std::string, std::string> taken_;
};

/// Where rows come from, whatever they are stored in.
class UnitSource {
 public:
  virtual ~UnitSource() = default;
  virtual std::unordered_set<std::string> names() const = 0;
  /// The faces of a listed name and the file they stand in.
  virtual std::pair<std::vector<OpenFaceRow>, std::string> faces(const std::string& name) const = 0;
};

/// One file with a column that names the image.
class JoinedFile : public UnitSource {
 public:
  explicit JoinedFile(const fs::path& file) : file_(file.string()) {
    for (auto& row : read_openface_csv(file)) {
      if (row.image.empty())
        throw Error(ErrorCode::bad_data,
                    fmt::format("{}:{}: no column 'image', 'file' or 'filename' says which picture a row is of", file_, row.line),
                    "Name the folder with OpenFace's files, one an image, or join them with such a column.");
      rows_[row.image].push_back(std::move(row));
    }
  }

  std::unordered_set<std::string> names() const override {
    std::unordered_set<std::string> names;
    for (const auto& [image, rows] : rows_) names.insert(image);
    return names;
  }
  std::pair<std::vector<OpenFaceRow>, std::string> faces(const std::string& name) const override {
    return {rows_.at(name), file_};
  }

 private:
  std::string file_;
  std::unordered_map<std::string, std::vector<OpenFaceRow>> rows_;
};

/// One file an image, anywhere below a folder; their names are the paths from there without .csv.
class FolderOfFiles : public UnitSource {
 public:
  explicit FolderOfFiles(const fs::path& folder) {
    const WalkedFiles found = walk_files(folder);
    for (const fs::path file : found.files)
      if (to_lower(file.extension().string()) == ".csv") files_[without_extension(file.lexically_relative(folder).generic_string())] = file;
  }

  std::unordered_set<std::string> names() const override {
    std::unordered_set<std::string> names;
    for (const auto& [name, file] : files_) names.insert(name);
    return names;
  }
  std::pair<std::vector<OpenFaceRow>, std::string> faces(const std::string& name) const override {
    const fs::path& file = files_.at(name);
    return {read_openface_csv(file), file.string()};
  }

 private:
  std::unordered_map<std::string, fs::path> files_;
};

AttachReport attach(Dataset& dataset, const UnitSource& source, ActionUnitValues kind) {
  Names names(source.names());
  AttachReport report;
  for (auto& record : dataset.records) {
    const std::string name = names.claim(record);
    if (name.empty()) {
      ++report.missing;
      if (report.examples.size() < 3) report.examples.push_back(record.id);
      continue;
    }
    const auto [rows, file] = source.faces(name);
    const OpenFaceRow* face = surest_face(rows);
    if (face != nullptr) record.annotations.action_units = values_of(*face, kind, file);
    ++(face != nullptr ? report.attached : report.without_face);
  }
  return report;
}

}  // namespace

std::vector<OpenFaceRow> read_openface_csv(const fs::path& file) {
  const CsvTable table = read_csv(file, true);
  const Columns columns(table);
  if (columns.confidence < 0 && !Columns::any(columns.presence) && !Columns::any(columns.intensity))
    throw Error(
        ErrorCode::bad_file,
        fmt::format(
            "{}: expected OpenFace's columns (confidence, x_0, AU01_r, ...), found: {}", table.file,
            join({table.header.begin(), table.header.begin() + std::min<std::ptrdiff_t>(12, std::ssize(table.header))}, ", ")));
  std::vector<OpenFaceRow> rows;
  for (std::size_t i = 0; i < table.rows.size(); ++i) rows.push_back(RowReader(table, columns, i).read());
  return rows;
}

AttachReport attach_action_units(Dataset& dataset, const fs::path& path, ActionUnitValues values) {
  std::error_code error;
  if (!fs::exists(path, error)) throw Error(ErrorCode::not_found, path.string() + ": there is no such file or folder");
  const AttachReport report =
      fs::is_directory(path) ? attach(dataset, FolderOfFiles(path), values) : attach(dataset, JoinedFile(path), values);
  if (report.missing == dataset.size() && dataset.size() > 0)
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: lists none of the data set's images ('{}')", path.string(), report.examples.front()),
                "Files and rows are matched by the image's id or file name.");
  return report;
}

}  // namespace mien
