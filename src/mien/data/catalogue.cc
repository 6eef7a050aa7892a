// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/catalogue.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/landmark_table.h"
#include "mien/data/leaks.h"
#include "mien/data/openface_csv.h"
#include "mien/data/readers/ferplus_votes.h"
#include "mien/data/readers/readers.h"
#include "mien/data/shards.h"

namespace mien {
namespace {

using Reader = Dataset (*)(const std::filesystem::path&, const DatasetOptions&, ReadReport&);

struct Format {
  FormatInfo info;
  Reader read;
};

Dataset read_shards_of(const std::filesystem::path& path, const DatasetOptions&, ReadReport& report) {
  return read_shards(path, &report);
}

Dataset read_procedural(const std::filesystem::path& count, const DatasetOptions& options, ReadReport& report) {
  return procedural_dataset(parse_integer(count.string(), "procedural:" + count.string()), options, report);
}

const char* const shards_layout = "NAME.json, NAME-000000.tar, or a folder with them";

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {{"ferplus", "FER+: 48x48 gray web images, eight classes, ten votes an image", ferplus_layout, "fer"}, read_ferplus},
      {{"fer2013", "FER2013: the same images with the contest's seven labels", fer2013_layout, "fer"}, read_fer2013},
      {{"rafdb", "RAF-DB, basic expressions: seven classes", rafdb_layout}, read_rafdb},
      {{"rafdb_compound", "RAF-DB, compound expressions: eleven classes", rafdb_compound_layout}, read_rafdb_compound},
      {{"affectnet", "AffectNet: seven or eight classes, valence and arousal, 68 landmarks", affectnet_layout}, read_affectnet},
      {{"ckplus", "CK+: posed sequences from neutral to peak, FACS codes, landmarks", ckplus_layout}, read_ckplus},
      {{"ck48", "CK+48: the last three frames of CK+ as 48x48 images", ck48_layout}, read_ck48},
      {{"oulu_casia", "Oulu-CASIA: posed sequences from neutral to peak", oulu_casia_layout}, read_oulu_casia},
      {{"folder", "A folder per class, with or without train, valid and test above", folder_layout}, read_folder},
      {{"csv", "A table of images and labels", csv_list_layout}, read_csv_list},
      {{"shards", "Tar shards in the WebDataset layout", shards_layout}, read_shards_of},
      {{"procedural", "Drawn faces with landmarks, mask, action units and label distribution", procedural_layout},
       read_procedural},
  };
  return table;
}

const Format& format_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& format : formats()) {
    if (format.info.name == name) return format;
    names.push_back(format.info.name);
  }
  throw Error(ErrorCode::usage, fmt::format("unknown data set format '{}'", name), suggestion(name, names));
}

void remove_leaks(Dataset& dataset, ReadReport& report) {
  Progress silent;
  const LeakReport leaks = find_leaks(dataset, 0, silent);
  std::vector<std::pair<std::string, int>> removed;
  dataset = drop_duplicates(dataset, leaks, &removed);
  if (removed.empty()) report.note("no image has an identical copy");
  for (const auto& [split, count] : removed)
    report.note(fmt::format("{}: {} copies of other images removed", split.empty() ? "all" : split, with_commas(count)));
  if (!leaks.unreadable.empty())
    report.problem(fmt::format("{} images cannot be read, first: {}", leaks.unreadable.size(), leaks.unreadable.front()));
}

void map_labels_of(Dataset& dataset, const std::string& name, ReadReport& report) {
  const LabelSpace to = known_label_space(name);
  std::map<std::string, int> dropped;
  if (!(dataset.labels == to)) report.note(fmt::format("labels mapped from {} to {} by name", dataset.labels.name(), name));
  dataset = map_to_label_space(dataset, to, &dropped);
  for (const auto& [label, count] : dropped)
    report.note(fmt::format("left out {}: class {} does not exist in {}", with_commas(count), label, name));
  if (dataset.records.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{}: no record has a class of the label space '{}'", dataset.name, name));
}

void tell_attached(const std::string& origin, const AttachReport& attached, const std::string& what, ReadReport& report) {
  const std::string text = origin + ": " + attach_summary(attached, what);
  attached.missing > 0 ? report.problem(text) : report.note(text);
}

void attach_tables(Dataset& dataset, const DatasetOptions& options, ReadReport& report) {
  if (!options.landmark_table.empty())
    tell_attached(options.landmark_table, attach_landmarks(dataset, read_landmark_table(options.landmark_table)), "landmarks", report);
  if (options.action_units.empty()) return;
  const auto values = options.action_unit_values == "presence" ? ActionUnitValues::presence : ActionUnitValues::intensity;
  tell_attached(options.action_units, attach_action_units(dataset, options.action_units, values), "action units", report);
}

}  // namespace

int ReadReport::problems() const {
  int count = 0;
  for (const auto& line : lines) count += line.problem;
  return count;
}

void describe(DatasetOptions& options, OptionTable& table) {
  table.add("data", "spec", &options.spec,
            "Data set as FORMAT:PATH, e.g. ferplus:/data/ferplus; procedural:COUNT needs no path.");
  table.add("data", "votes", &options.votes, "FER+: how the ten votes of an image become its target.").one_of(vote_mode_names());
  table.add("data", "vote_file", &options.vote_file, "FER+: file with the votes; the authors' training code reads label.csv.")
      .one_of({"label.csv", "fer2013new.csv"});
  table.add("data", "classes", &options.classes, "AffectNet: 7 or 8 classes (without or with contempt).").range(7, 8);
  table.add("data", "last_frames", &options.last_frames, "CK+, Oulu-CASIA: frames taken from the end of a sequence.")
      .range(1, 1000);
  table.add("data", "first_as_neutral", &options.first_as_neutral,
            "CK+, Oulu-CASIA: take the first frame of a sequence as neutral.");
  table.add("data", "drop_leaks", &options.drop_leaks,
            "Keep one copy of images that are identical, in train before valid before test.");
  auto spaces = known_label_space_names();
  spaces.insert(spaces.begin(), "");
  table
      .add("data", "labels", &options.labels,
           "Label space to map to by name; for classes given as numbers (folder, csv), the space whose numbers they are.")
      .one_of(std::move(spaces));
  table.add("data", "seed", &options.seed, "Procedural faces: which endless series of people and faces.").range(0, 9e15);
  table.add("data", "landmark_table", &options.landmark_table,
            "CSV table with the 68 points of every image, as 'mien data landmarks' writes it.")
      .path();
  table.add("data", "action_units", &options.action_units,
            "OpenFace's action units: the folder with a CSV file an image, or one file with a column image.")
      .path();
  table.add("data", "action_unit_values", &options.action_unit_values, "What is taken from them.").one_of({"intensity", "presence"});
}

Dataset open_dataset(const DatasetOptions& options, ReadReport* report) {
  ReadReport ignored;
  ReadReport& lines = report ? *report : ignored;
  const auto colon = options.spec.find(':');
  if (colon == std::string::npos || colon + 1 == options.spec.size())
    throw Error(ErrorCode::usage, fmt::format("expected a data set as FORMAT:PATH, found '{}'", options.spec),
                "For example ferplus:/data/ferplus or procedural:2000.");
  const Format& format = format_named(options.spec.substr(0, colon));
  const std::filesystem::path path = options.spec.substr(colon + 1);
  if (format.read != read_procedural && !std::filesystem::exists(path))
    throw Error(ErrorCode::not_found, fmt::format("{}: there is no such file or folder", path.string()),
                "Expected layout: " + format.info.layout);
  Dataset dataset = format.read(path, options, lines);
  const bool leaks_removed = format.read == read_ferplus && ferplus_lists_duplicates(path);
  if (options.drop_leaks && !leaks_removed) remove_leaks(dataset, lines);
  if (!options.labels.empty()) map_labels_of(dataset, options.labels, lines);
  attach_tables(dataset, options, lines);
  return dataset;
}

const std::vector<FormatInfo>& dataset_formats() {
  static const std::vector<FormatInfo> infos = [] {
    std::vector<FormatInfo> result;
    for (const auto& format : formats()) result.push_back(format.info);
    return result;
  }();
  return infos;
}

const FormatInfo& format_of_spec(const std::string& spec) { return format_named(spec.substr(0, spec.find(':'))).info; }

}  // namespace mien
