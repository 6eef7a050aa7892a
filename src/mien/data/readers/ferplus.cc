// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/readers/fer2013_table.h"
#include "mien/data/readers/ferplus_tables.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"

namespace mien {

const char* const ferplus_layout =
    "FER2013Train|FER2013Valid|FER2013Test/{label.csv,fer*.png} [fer2013new.csv] [duplicates.csv], or fer2013.csv + "
    "fer2013new.csv";

namespace {

struct Duplicate {
  std::string group;
  bool drop = false;
};
using Duplicates = std::unordered_map<std::string, Duplicate>;  ///< by "folder/image"

Duplicates read_duplicates(const fs::path& file) {
  const CsvTable table = read_csv(file, true);
  const auto group = static_cast<std::size_t>(table.column("group")), folder = static_cast<std::size_t>(table.column("folder"));
  const auto image = static_cast<std::size_t>(table.column("image")), drop = static_cast<std::size_t>(table.column("drop"));
  Duplicates result;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& fields = table.rows[i];
    result[trim(fields[folder]) + "/" + trim(fields[image])] = {"dup" + trim(fields[group]),
                                                                parse_integer(fields[drop], table.where(i)) != 0};
  }
  return result;
}

VoteMode mode_for(const FerplusFold& fold, VoteMode asked) {
  if (std::string(fold.split) == "train" || asked == VoteMode::argmax) return asked;
  return VoteMode::majority;
}

/// Votes to label and distribution; false when the rule leaves the image out.
bool annotate(Record& record, const VoteRow& row, VoteMode mode) {
  const auto target = vote_target(row.votes, mode);
  if (!target) return false;
  record.annotations.label = target->label;
  record.annotations.distribution.assign(target->distribution.begin(), target->distribution.end());
  return true;
}

std::string reason_of(const VoteRow& row, const FerplusFold& fold, VoteMode mode) {
  return fmt::format("{}: {}", fold.split,
                     vote_outcome(row.votes, mode) == 9 ? "voted not a face" : "unknown or no agreement between the voters");
}

class FolderReader {
 public:
  FolderReader(fs::path base, const DatasetOptions& options, ReadReport& report)
      : base_(std::move(base)), options_(options), report_(report), mode_(vote_mode(options.votes)) {
    if (fs::exists(base_ / "duplicates.csv")) duplicates_ = read_duplicates(base_ / "duplicates.csv");
    if (options.vote_file == "fer2013new.csv")
      new_table_ = read_new_vote_table(find_root(base_, {"", ".."}, {"fer2013new.csv"}, ferplus_layout) / "fer2013new.csv");
  }

  Dataset read() {
    Dataset dataset = new_file_dataset("ferplus", known_label_space("ferplus"));
    for (const auto& fold : ferplus_folds()) {
      if (fs::is_directory(base_ / fold.folder)) {
        tell_about_copies(fold);
        add_fold(dataset, fold);
      } else
        report_.note(fmt::format("{}: folder {} is not there", fold.split, fold.folder));
    }
    require_records(dataset, base_, ferplus_layout);
    return dataset;
  }

 private:
  std::vector<VoteRow> rows_of(const FerplusFold& fold) {
    if (new_table_) return named_rows(*new_table_, fold, report_);
    auto rows = read_label_csv(base_ / fold.folder / "label.csv");
    tell_count(report_, fmt::format("{}: rows of label.csv", fold.split), static_cast<std::int64_t>(rows.size()),
               fold.label_rows);
    return rows;
  }

  void add_fold(Dataset& dataset, const FerplusFold& fold) {
    const VoteMode mode = mode_for(fold, mode_);
    SkippedRows by_rule, broken;
    std::unordered_set<std::string> seen;
    for (const auto& row : rows_of(fold)) {
      Record record;
      record.id = std::string(fold.folder) + "/" + row.image;
      if (!seen.insert(row.image).second)
        broken.add(fmt::format("{}: image listed twice", fold.split), row.where);
      else if (dropped_as_duplicate(record))
        by_rule.add(fmt::format("{}: copy of another image (duplicates.csv)", fold.split), row.where);
      else if (!annotate(record, row, mode))
        by_rule.add(reason_of(row, fold, mode), row.where);
      else if (!listing_.contains(base_ / record.id))
        broken.add(fmt::format("{}: image file is missing", fold.split), row.where);
      else {
        record.split = fold.split;
        record.source.file = (base_ / record.id).string();
        record.source.crop = row.box;
        dataset.records.push_back(std::move(record));
      }
    }
    by_rule.tell(report_, false);
    broken.tell(report_, true);
    tell_class_counts(report_, dataset, fold.split, published_counts(fold, mode));
  }

  /// The list may be older than a folder that was added later.
  void tell_about_copies(const FerplusFold& fold) {
    if (duplicates_.empty()) return;
    std::int64_t listed = 0, copies = 0;
    for (const auto& [id, duplicate] : duplicates_) {
      if (!id.starts_with(std::string(fold.folder) + "/")) continue;
      ++listed;
      copies += duplicate.drop;
    }
    if (listed == 0)
      report_.problem(
          fmt::format("{}: duplicates.csv names no image of {}, so copies there stay unnoticed", fold.split, fold.folder));
    else if (copies > 0 && !options_.drop_leaks)
      report_.note(
          fmt::format("{}: {} images are copies of others; drop_leaks leaves them out", fold.split, with_commas(copies)));
  }

  bool dropped_as_duplicate(Record& record) const {
    const auto found = duplicates_.find(record.id);
    if (found == duplicates_.end()) return false;
    record.group = found->second.group;
    return options_.drop_leaks && found->second.drop;
  }

  std::vector<std::int64_t> published_counts(const FerplusFold& fold, VoteMode mode) const {
    if (new_table_ || options_.drop_leaks) return {};
    if (mode == VoteMode::majority) return fold.majority;
    return mode == VoteMode::argmax ? fold.argmax : std::vector<std::int64_t>{};
  }

  fs::path base_;
  const DatasetOptions& options_;
  ReadReport& report_;
  VoteMode mode_;
  Duplicates duplicates_;
  std::optional<NewVoteTable> new_table_;
  FolderListing listing_;
};

/// The pixels in fer2013.csv, the votes in fer2013new.csv, row by row.
Dataset read_tables(const fs::path& base, const DatasetOptions& options, ReadReport& report) {
  auto faces = read_fer2013_table(base / "fer2013.csv");
  const NewVoteTable votes = read_new_vote_table(base / "fer2013new.csv");
  if (faces.size() != votes.rows.size())
    throw Error(ErrorCode::bad_data, fmt::format("{}: fer2013.csv has {} rows but fer2013new.csv {}: they do not belong together",
                                                 base.string(), faces.size(), votes.rows.size()));
  const VoteMode asked = vote_mode(options.votes);
  report.note("votes are those of fer2013new.csv (there is no label.csv beside fer2013.csv)");
  Dataset dataset = new_file_dataset("ferplus", known_label_space("ferplus"));
  SkippedRows by_rule;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const VoteRow& row = votes.rows[i];
    if (faces[i].usage != votes.usage[i])
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: Usage '{}', but '{}' at {}", row.where, votes.usage[i], faces[i].usage, faces[i].where));
    const FerplusFold& fold = ferplus_fold_of_usage(votes.usage[i], row.where);
    const VoteMode mode = mode_for(fold, asked);
    Record record;
    if (row.image.empty())
      by_rule.add(fmt::format("{}: rows without an image name", fold.split), row.where);
    else if (!annotate(record, row, mode))
      by_rule.add(reason_of(row, fold, mode), row.where);
    else {
      record.id =
          std::string(fold.folder) + "/" + row.image + (seen.insert(row.image).second ? "" : fmt::format("#row-{:05d}", i));
      record.split = fold.split;
      record.source.gray = std::move(faces[i].pixels);
      record.source.gray_width = fer2013_side_px;
      dataset.records.push_back(std::move(record));
    }
  }
  by_rule.tell(report, false);
  for (const auto& fold : ferplus_folds()) tell_class_counts(report, dataset, fold.split);
  require_records(dataset, base, ferplus_layout);
  return dataset;
}

fs::path base_of(const fs::path& root) {
  return find_root(root, {"", "data"}, {"FER2013Train", "FER2013Valid", "FER2013Test", "fer2013.csv"}, ferplus_layout);
}

bool has_folds(const fs::path& base) {
  for (const auto& fold : ferplus_folds())
    if (fs::is_directory(base / fold.folder)) return true;
  return false;
}

}  // namespace

bool ferplus_lists_duplicates(const fs::path& root) {
  const fs::path base = base_of(root);
  return has_folds(base) && fs::exists(base / "duplicates.csv");
}

Dataset read_ferplus(const fs::path& root, const DatasetOptions& options, ReadReport& report) {
  const fs::path base = base_of(root);
  return has_folds(base) ? FolderReader(base, options, report).read() : read_tables(base, options, report);
}

}  // namespace mien
