// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/reproduce/request.h"
#include "mien/reproduce/study.h"

namespace mien {

/// A data set that the runs are scored on besides their own; classes are mapped by name.
struct OtherTest {
  std::string name;   ///< [A-Za-z0-9_.-]+; measurements are called NAME/accuracy
  std::string spec;   ///< FORMAT:PATH
  std::string split;  ///< test, or valid without one, or all without both
};

/// Reads "NAME=FORMAT:PATH"; the split stays open. Throws Error{usage}.
OtherTest parse_other_test(const std::string& text);

/// What decides how a data set is used.
struct DataFacts {
  std::string format;      ///< name in front of the ':'
  std::string test_split;  ///< "test", or "valid" where there is no test split: then training never looks at it
  std::string summary;     ///< numbers for people
  std::vector<OtherTest> others{};
  bool has_valid_split = false;  ///< one that is not `test_split`
};

/// Opens the data sets, so that a mistake ends a reproduction before it begins. Throws what `open_dataset` throws, and
/// Error{bad_data} for a data set without a split to test on or, when the study needs them, without landmarks or Action
/// Units.
DataFacts look_at_data(const Study& study, const ReproduceRequest& request);

}  // namespace mien
