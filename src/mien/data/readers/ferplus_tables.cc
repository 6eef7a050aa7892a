// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/ferplus_tables.h"

#include <fmt/format.h>

#include <regex>
#include <unordered_map>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/readers/reading.h"

namespace mien {
namespace {

FerplusVotes parse_votes(const std::vector<std::string>& fields, std::size_t first, const std::string& where) {
  FerplusVotes votes;
  if (fields.size() < first + votes.size())
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected {} columns with ten vote counts, found {}", where,
                                                 first + votes.size(), fields.size()));
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const long long count = parse_integer(fields[first + i], where);
    if (count < 0 || count > 1000)
      throw Error(ErrorCode::bad_data, fmt::format("{}: vote count {} is out of range", where, count));
    votes[i] = static_cast<int>(count);
  }
  return votes;
}

/// "(x0, y0, x1, y1)"; the box of a whole 48x48 image is no crop.
cv::Rect parse_box(const std::string& text, const std::string& where) {
  static const std::regex form(R"(\s*\(\s*(-?\d{1,6})\s*,\s*(-?\d{1,6})\s*,\s*(-?\d{1,6})\s*,\s*(-?\d{1,6})\s*\)\s*)");
  if (text == "(0, 0, 48, 48)") return {};
  std::smatch match;
  if (!std::regex_match(text, match, form))
    throw Error(ErrorCode::bad_data, fmt::format("{}: expected a box such as \"(0, 0, 48, 48)\", found \"{}\"", where, text));
  const int x0 = std::stoi(match[1]), y0 = std::stoi(match[2]), x1 = std::stoi(match[3]), y1 = std::stoi(match[4]);
  if (x1 <= x0 || y1 <= y0) throw Error(ErrorCode::bad_data, fmt::format("{}: the box \"{}\" is empty", where, text));
  return {x0, y0, x1 - x0, y1 - y0};
}

}  // namespace

const std::array<FerplusFold, 3>& ferplus_folds() {
  static const std::array<FerplusFold, 3> folds = {{
      {"FER2013Train",
       "Training",
       "train",
       28558,
       {8733, 7284, 3136, 3022, 2098, 116, 536, 120},
       {10295, 7526, 3557, 3530, 2463, 191, 655, 168}},
      {"FER2013Valid",
       "PublicTest",
       "valid",
       3579,
       {1180, 862, 411, 348, 289, 25, 60, 16},
       {1329, 899, 458, 415, 325, 32, 71, 26}},
      {"FER2013Test", "PrivateTest", "test", 3573, {}, {}},
  }};
  return folds;
}

const FerplusFold& ferplus_fold_of_usage(const std::string& usage, const std::string& where) {
  for (const auto& fold : ferplus_folds())
    if (usage == fold.usage) return fold;
  throw Error(ErrorCode::bad_data, fmt::format("{}: expected Training, PublicTest or PrivateTest, found '{}'", where, usage));
}

std::vector<VoteRow> read_label_csv(const fs::path& file) {
  const CsvTable table = read_csv(file, false);
  if (table.rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", file.string()));
  std::vector<VoteRow> rows;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& fields = table.rows[i];
    const std::string where = table.where(i);
    const FerplusVotes votes = parse_votes(fields, 2, where);
    rows.push_back({trim(fields[0]), parse_box(fields[1], where), votes, where});
  }
  return rows;
}

NewVoteTable read_new_vote_table(const fs::path& file) {
  const CsvTable table = read_csv(file, true);
  if (table.rows.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: the table has no rows", file.string()));
  const auto usage = static_cast<std::size_t>(table.column("Usage"));
  const auto image = static_cast<std::size_t>(table.column("Image name"));
  const auto first_vote = static_cast<std::size_t>(table.column("neutral"));
  NewVoteTable result;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& fields = table.rows[i];
    result.usage.push_back(trim(fields[usage]));
    result.rows.push_back({trim(fields[image]), {}, parse_votes(fields, first_vote, table.where(i)), table.where(i)});
  }
  return result;
}

std::vector<VoteRow> named_rows(const NewVoteTable& table, const FerplusFold& fold, ReadReport& report) {
  std::vector<VoteRow> rows;
  std::unordered_map<std::string, FerplusVotes> seen;
  SkippedRows skipped, contradictions;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const VoteRow& row = table.rows[i];
    if (table.usage[i] != fold.usage) continue;
    const auto [before, is_new] = seen.emplace(row.image, row.votes);
    if (row.image.empty())
      skipped.add(fmt::format("{}: rows without an image name", fold.split), row.where);
    else if (is_new)
      rows.push_back(row);
    else if (before->second == row.votes)
      skipped.add(fmt::format("{}: name given before, same votes", fold.split), row.where);
    else
      contradictions.add(fmt::format("{}: name given before with other votes", fold.split), row.where);
  }
  skipped.tell(report, false);
  contradictions.tell(report, true);
  return rows;
}

}  // namespace mien
