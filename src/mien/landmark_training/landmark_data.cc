// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/landmark_data.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/catalogue.h"
#include "mien/landmark_training/landmark_map.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

const char* const layout =
    "Expected landmarks.csv with the columns image,identity,x_0..x_67,y_0..y_67 and the images beside it or in images/; with "
    "other points also landmark_map68.csv, which says which of them are counterparts of the 68.";

/// How many columns x_0, x_1, ... the table has.
int points_of(const CsvTable& table) {
  int count = 0;
  while (table.column(fmt::format("x_{}", count), false) >= 0) ++count;
  return count;
}

/// The table's own points where it has the 68, otherwise those that a map beside it names.
std::vector<Counterpart> counterparts_of(const CsvTable& table, const fs::path& folder, Counterparts wanted) {
  const fs::path map_file = folder / "landmark_map68.csv";
  const int points = points_of(table);
  std::vector<Counterpart> all;
  if (fs::is_regular_file(map_file)) {
    all = read_landmark_map(map_file, points);
    if (wanted == Counterparts::exact) std::erase_if(all, [](const Counterpart& c) { return !c.exact; });
    return all;
  }
  if (points > 68)
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: expected 68 points, found {}, and no {}", table.file, points, map_file.string()), layout);
  for (int k = 0; k < 68; ++k) all.push_back({k, k, true});
  return all;
}

class LandmarkList {
 public:
  LandmarkList(const fs::path& file, Counterparts counterparts) : folder_(file.parent_path()), table_(read_csv(file, true)) {
    image_ = table_.column("image");
    identity_ = table_.column("identity", false);
    const auto map = counterparts_of(table_, folder_, counterparts);
    for (const Counterpart& c : map) points_.push_back({c.of_68, table_.column(fmt::format("x_{}", c.of_table)), -1});
    for (std::size_t i = 0; i < map.size(); ++i) points_[i].y = table_.column(fmt::format("y_{}", map[i].of_table));
    if (table_.rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", table_.file));
  }

  Record record(std::size_t row) {
    const std::string image = trim(cell(row, image_)), where = table_.where(row);
    if (image.empty()) throw Error(ErrorCode::bad_data, where + ": expected the name of an image, found nothing");
    if (!seen_.insert(image).second)
      throw Error(ErrorCode::bad_data, fmt::format("{}: image '{}' is listed twice", where, image));
    Record record;
    record.id = image;
    record.source.file = locate(image, where).string();
    record.annotations.identity = identity_ < 0 ? "" : trim(cell(row, identity_));
    record.split = third_of_identity(record.annotations.identity.empty() ? image : record.annotations.identity);
    record.annotations.landmarks.assign(68, {NAN, NAN});
    for (const PointColumns& p : points_)
      record.annotations.landmarks[static_cast<std::size_t>(p.of_68)] = {number(row, p.x, where), number(row, p.y, where)};
    return record;
  }

  std::size_t size() const { return table_.rows.size(); }

 private:
  const std::string& cell(std::size_t row, int column) const { return table_.rows[row][static_cast<std::size_t>(column)]; }

  float number(std::size_t row, int column, const std::string& where) const {
    const double value = parse_real(trim(cell(row, column)), where);
    if (!(std::abs(value) < 1e6)) throw Error(ErrorCode::bad_data, fmt::format("{}: {} is no pixel coordinate", where, value));
    return static_cast<float>(value);
  }

  fs::path locate(const std::string& image, const std::string& where) const {
    for (const auto& file : {folder_ / "images" / image, folder_ / image})
      if (fs::is_regular_file(file)) return file;
    throw Error(
        ErrorCode::not_found,
        fmt::format("{}: there is no {} and no {}", where, (folder_ / "images" / image).string(), (folder_ / image).string()),
        layout);
  }

  fs::path folder_;
  CsvTable table_;
  struct PointColumns {
    int of_68, x, y;
  };
  std::vector<PointColumns> points_;
  int image_ = -1, identity_ = -1;
  std::unordered_set<std::string> seen_;
};

}  // namespace

const char* third_of_identity(const std::string& identity) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const unsigned char byte : identity) hash = (hash ^ byte) * 0x100000001b3ull;
  constexpr const char* names[] = {"train", "valid", "test"};
  return names[hash % 3];
}

Dataset read_landmark_list(const fs::path& path, Counterparts counterparts) {
  const fs::path file = fs::is_directory(path) ? path / "landmarks.csv" : path;
  if (!fs::is_regular_file(file))
    throw Error(ErrorCode::not_found, fmt::format("{}: there is no such file", file.string()), layout);
  LandmarkList list(file, counterparts);
  Dataset dataset;
  dataset.name = "landmarks";
  dataset.source = file_sample_source();
  for (std::size_t row = 0; row < list.size(); ++row) dataset.records.push_back(list.record(row));
  return dataset;
}

Dataset open_landmark_data(const std::string& spec, Counterparts counterparts) {
  if (!spec.starts_with("procedural:")) return read_landmark_list(spec, counterparts);
  DatasetOptions options;
  options.spec = spec;
  return open_dataset(options);
}

Sample load_scored_face(const Dataset& dataset, std::int64_t index) {
  Sample sample = dataset.load(index);
  if (sample.annotations.landmarks.size() != 68)
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: expected 68 points, found {}", sample.id, sample.annotations.landmarks.size()));
  return sample;
}

Sample load_landmark_face(const Dataset& dataset, std::int64_t index) {
  Sample sample = load_scored_face(dataset, index);
  if (const auto known = known_points(sample.annotations.landmarks).size(); known != 68)
    throw Error(ErrorCode::bad_data, fmt::format("{}: only {} of the 68 points are known", sample.id, known),
                "Such a set serves for scores with a detector's boxes, not for training or boxes of the reference points.");
  return sample;
}

Points known_points(const Points& points) {
  Points known;
  for (const auto& p : points)
    if (std::isfinite(p.x) && std::isfinite(p.y)) known.push_back(p);
  return known;
}

}  // namespace mien
