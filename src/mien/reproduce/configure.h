// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mien/reproduce/data_facts.h"
#include "mien/reproduce/request.h"
#include "mien/reproduce/study.h"
#include "mien/train/train.h"

namespace mien {

/// The training of one row with one seed: defaults < base < scale < the scale's for the row < data set < --set < row; so --set
/// pal_weight=0.1 reaches every row but a baseline that sets it to 0. The teacher is the run of `teacher_row`. Throws Error{usage} for options that do not exist, for values that they refuse, for a
/// --set of what every row sets or what the command fills itself, and for required options that are missing.
TrainConfig configure(const Study& study, const StudyRow& row, std::int64_t seed, const ReproduceRequest& request,
                      const DataFacts& facts);

/// Which images select the epoch of a configuration, for people: "10 % of the training split, drawn by seed".
std::string validation_text(const ValidationOptions& validation, const DataFacts& facts);

/// FOLDER/runs/<row>-s<seed>.
std::filesystem::path run_folder(const ReproduceRequest& request, const StudyRow& row, std::int64_t seed);

/// The row that makes the teacher; null for rows without one. Throws Error{usage} when the study has no such row.
const StudyRow* teacher_of(const Study& study, const StudyRow& row);

/// The `mien train` command that makes a configuration: every flag whose value is not the default.
std::string train_command(const TrainConfig& config);

/// "training.epochs is 2, not 8" for every option in which the two differ, less those that cannot change a result (threads,
/// caches, folders). Of a teacher the name of its run counts, not where it lies.
std::vector<std::string> differences(const TrainConfig& found, const TrainConfig& expected);

/// The request's --set as "section.name" ("rows:section.name" for some rows) and value, less what cannot change a result.
std::map<std::string, std::string> settings_that_matter(const ReproduceRequest& request);

}  // namespace mien
