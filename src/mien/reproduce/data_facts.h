// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/reproduce/request.h"
#include "mien/reproduce/study.h"

namespace mien {

/// What decides how a data set is used.
struct DataFacts {
  std::string format;      ///< name in front of the ':'
  std::string test_split;  ///< "test", or "valid" where there is no test split: then training never looks at it
  std::string summary;     ///< numbers for people
};

/// Opens the data set, so that a mistake ends a reproduction before it begins. Throws what `open_dataset` throws, and
/// Error{bad_data} for a data set without a split to test on or, when the study needs them, without landmarks or Action Units.
DataFacts look_at_data(const Study& study, const ReproduceRequest& request);

}  // namespace mien
