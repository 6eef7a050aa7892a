// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mien/base/error.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"
#include "mien/data/readers/sequences.h"
#include "mien/image/decode.h"

namespace mien {

const char* const oulu_casia_layout =
    "[Oulu_CASIA_NIR_VIS/][NI|VL/][Dark|Strong|Weak/]P001/Anger|Disgust|Fear|Happiness|Sadness|Surprise/000.jpeg; VL/Strong is "
    "taken unless "
    "the path names another condition";

namespace {

bool is_subject(const std::string& name) {
  return name.size() == 4 && name[0] == 'P' &&
         std::all_of(name.begin() + 1, name.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::vector<std::string> subjects_of(const fs::path& folder) {
  std::vector<std::string> subjects;
  if (fs::is_directory(folder))
    for (const auto& name : folder_names(folder))
      if (is_subject(name)) subjects.push_back(name);
  return subjects;
}

/// The folder that holds P001, P002, ...
fs::path condition_folder(const fs::path& root) {
  for (const char* below : {"", "Strong", "VL/Strong", "Oulu_CASIA_NIR_VIS/VL/Strong"})
    if (const fs::path folder = *below ? root / below : root; !subjects_of(folder).empty()) return folder;
  throw Error(
      ErrorCode::not_found,
      fmt::format("{}: expected folders P001, P002, ... in it, or in Strong, VL/Strong or Oulu_CASIA_NIR_VIS/VL/Strong below it",
                  root.string()),
      std::string("Expected layout: ") + oulu_casia_layout);
}

void add_sequence(Dataset& dataset, const fs::path& base, const std::string& subject, const std::string& expression,
                  const DatasetOptions& options) {
  const fs::path below = fs::path(subject) / expression;
  std::vector<std::string> frames;
  for (const auto& name : file_names(base / below))
    if (has_image_extension(name)) frames.push_back(name);
  const auto chosen = choose_frames(frames.size(), options.last_frames, options.first_as_neutral);
  const auto add = [&](const std::string& frame, int label) {
    Record record;
    record.id = (below / frame).generic_string();
    record.group = below.generic_string();
    record.source.file = (base / below / frame).string();
    record.annotations.label = label;
    record.annotations.identity = subject;
    dataset.records.push_back(std::move(record));
  };
  if (chosen.first_is_neutral) add(frames.front(), dataset.labels.index_of("neutral"));
  for (const std::size_t i : chosen.peak) add(frames[i], dataset.labels.index_of(expression));
}

}  // namespace

Dataset read_oulu_casia(const fs::path& root, const DatasetOptions& options, ReadReport& report) {
  const fs::path base = condition_folder(root);
  report.note("condition: " + base.string());
  Dataset dataset = new_file_dataset("oulu_casia", known_label_space(options.first_as_neutral ? "oulu7" : "oulu"));
  const LabelSpace expressions = known_label_space("oulu");
  const auto subjects = subjects_of(base);
  std::int64_t sequences = 0;
  SkippedRows skipped;
  for (const auto& subject : subjects)
    for (const auto& name : folder_names(base / subject)) {
      if (expressions.index_of(name) < 0) {
        skipped.add("folder is no expression", subject + "/" + name);
        continue;
      }
      const auto before = dataset.records.size();
      add_sequence(dataset, base, subject, name, options);
      if (dataset.records.size() == before)
        skipped.add("sequence without frames", subject + "/" + name);
      else
        ++sequences;
    }
  skipped.tell(report, true);
  require_records(dataset, root, oulu_casia_layout);
  tell_count(report, "subjects", static_cast<std::int64_t>(subjects.size()), 80);
  tell_count(report, "sequences", sequences, 480);
  tell_class_counts(report, dataset, "");
  return dataset;
}

}  // namespace mien
