// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <set>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"
#include "mien/data/readers/sequences.h"
#include "mien/image/decode.h"

namespace mien {

const char* const ckplus_layout =
    "cohn-kanade-images/S005/001/*.png, Emotion/S005/001/*_emotion.txt [Landmarks/, FACS/ in the same way]";

namespace {

/// The one file of a folder that ends in `ending`; empty path when there is none.
fs::path file_ending_in(const fs::path& folder, const std::string& ending) {
  if (!fs::is_directory(folder)) return {};
  for (const auto& name : file_names(folder))
    if (name.ends_with(ending)) return folder / name;
  return {};
}

int read_emotion(const fs::path& file, const LabelSpace& labels) {
  const auto lines = read_lines(file);
  if (lines.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected a number 0..7, found an empty file", file.string()));
  const std::string where = place(file, lines[0].number);
  const double value = parse_real(lines[0].text, where);
  const int label =
      value == std::floor(value) && value >= 0 && value <= 7 ? labels.index_of_file_id(static_cast<int>(value)) : -1;
  if (label < 0) throw Error(ErrorCode::bad_data, fmt::format("{}: expected an emotion 0..7, found '{}'", where, lines[0].text));
  return label;
}

/// Lines "AU intensity"; the coders wrote intensity 0 where an AU is present but was not graded, which becomes 1. AUs outside
/// our list are left out.
std::vector<float> read_action_units(const fs::path& file) {
  std::vector<float> units(action_unit_names().size(), 0.f);
  for (const auto& line : read_lines(file)) {
    const std::string where = place(file, line.number);
    const auto numbers = words(line.text);
    if (numbers.size() != 2)
      throw Error(ErrorCode::bad_data, fmt::format("{}: expected 'AU intensity', found '{}'", where, line.text));
    const std::string name = fmt::format("AU{:02d}", static_cast<int>(parse_real(numbers[0], where)));
    const auto found = std::find(action_unit_names().begin(), action_unit_names().end(), name);
    if (found != action_unit_names().end())
      units[static_cast<std::size_t>(found - action_unit_names().begin())] =
          std::max(1.f, static_cast<float>(parse_real(numbers[1], where)));
  }
  return units;
}

class SequenceReader {
 public:
  SequenceReader(fs::path base, const DatasetOptions& options, Dataset& dataset)
      : base_(std::move(base)), options_(options), dataset_(dataset), neutral_(dataset.labels.index_of("neutral")) {}

  void read() {
    const fs::path images = base_ / "cohn-kanade-images";
    for (const auto& subject : folder_names(images))
      for (const auto& sequence : folder_names(images / subject)) add(subject, sequence);
  }

  void tell(ReadReport& report) const {
    tell_count(report, "sequences", sequences_, 593);
    tell_count(report, "subjects", static_cast<std::int64_t>(subjects_.size()), 123);
    std::vector<std::string> differences;
    const std::vector<std::int64_t> published = {0, 45, 18, 59, 25, 69, 28, 83};
    std::int64_t labelled = 0;
    for (std::size_t i = 0; i < published.size(); ++i) {
      labelled += labelled_[i];
      if (labelled_[i] != published[i])
        differences.push_back(fmt::format("{} {} instead of {}", dataset_.labels.names()[i], labelled_[i], published[i]));
    }
    tell_count(report, "labelled sequences", labelled, 327);
    if (!differences.empty()) report.problem("labelled sequences by class: " + join(differences, ", "));
    skipped_.tell(report, true);
  }

 private:
  void add(const std::string& subject, const std::string& sequence) {
    const fs::path below = fs::path(subject) / sequence;
    std::vector<std::string> frames;
    for (const auto& name : file_names(base_ / "cohn-kanade-images" / below))
      if (has_image_extension(name)) frames.push_back(name);
    ++sequences_;
    subjects_.insert(subject);
    const fs::path emotion = file_ending_in(base_ / "Emotion" / below, "_emotion.txt");
    if (emotion.empty()) return;
    if (frames.empty()) return skipped_.add("labelled sequence without frames", below.string());
    const int label = read_emotion(emotion, dataset_.labels);
    ++labelled_.at(static_cast<std::size_t>(label));
    const auto chosen = choose_frames(frames.size(), options_.last_frames, options_.first_as_neutral);
    if (chosen.first_is_neutral) add_frame(below, subject, frames.front(), neutral_);
    for (const std::size_t i : chosen.peak) add_frame(below, subject, frames[i], label);
    const fs::path facs = file_ending_in(base_ / "FACS" / below, "_facs.txt");
    if (!facs.empty()) dataset_.records.back().annotations.action_units = read_action_units(facs);
  }

  void add_frame(const fs::path& below, const std::string& subject, const std::string& frame, int label) {
    Record record;
    record.id = (below / frame).generic_string();
    record.group = below.generic_string();
    record.source.file = (base_ / "cohn-kanade-images" / below / frame).string();
    record.annotations.label = label;
    record.annotations.identity = subject;
    const fs::path landmarks = base_ / "Landmarks" / below / (fs::path(frame).stem().string() + "_landmarks.txt");
    if (fs::exists(landmarks)) record.annotations.landmarks = read_points(landmarks);
    dataset_.records.push_back(std::move(record));
  }

  fs::path base_;
  const DatasetOptions& options_;
  Dataset& dataset_;
  int neutral_;
  std::int64_t sequences_ = 0;
  std::set<std::string> subjects_;
  std::vector<std::int64_t> labelled_ = std::vector<std::int64_t>(8, 0);
  SkippedRows skipped_;
};

}  // namespace

Dataset read_ckplus(const fs::path& root, const DatasetOptions& options, ReadReport& report) {
  const fs::path base = find_root(root, {"", "CK+"}, {"cohn-kanade-images"}, ckplus_layout);
  if (!fs::is_directory(base / "Emotion"))
    throw Error(ErrorCode::not_found, fmt::format("{}: expected the folder Emotion beside cohn-kanade-images", base.string()),
                std::string("Expected layout: ") + ckplus_layout);
  Dataset dataset = new_file_dataset("ckplus", known_label_space("ckplus"));
  SequenceReader reader(base, options, dataset);
  reader.read();
  require_records(dataset, root, ckplus_layout);
  reader.tell(report);
  tell_class_counts(report, dataset, "");
  return dataset;
}

}  // namespace mien
