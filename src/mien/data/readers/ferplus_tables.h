// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/data/catalogue.h"
#include "mien/data/readers/ferplus_votes.h"

namespace mien {

/// The three folds of FER+ under their names in folders, tables and here, with the counts of the official label.csv.
struct FerplusFold {
  const char* folder;
  const char* usage;
  const char* split;
  std::int64_t label_rows;
  std::vector<std::int64_t> majority, argmax;  ///< images per class in these vote modes; empty = not published
};
const std::array<FerplusFold, 3>& ferplus_folds();
/// By "Training", "PublicTest", "PrivateTest"; throws Error{bad_data} naming `where`.
const FerplusFold& ferplus_fold_of_usage(const std::string& usage, const std::string& where);

/// One image and its votes.
struct VoteRow {
  std::string image;
  cv::Rect box;  ///< empty = whole image
  FerplusVotes votes{};
  std::string where;  ///< "file:line"
};

/// label.csv: name,"(x0, y0, x1, y1)", ten counts, no header. Throws Error{bad_data} with file and line.
std::vector<VoteRow> read_label_csv(const std::filesystem::path& file);

/// fer2013new.csv, all rows in order, those without a name included.
struct NewVoteTable {
  std::vector<std::string> usage;
  std::vector<VoteRow> rows;
};
NewVoteTable read_new_vote_table(const std::filesystem::path& file);

/// Rows of one fold of fer2013new.csv: without a name there is no image; a name that comes again counts once.
std::vector<VoteRow> named_rows(const NewVoteTable& table, const FerplusFold& fold, ReadReport& report);

}  // namespace mien
