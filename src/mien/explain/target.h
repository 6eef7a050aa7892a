// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

/// Which number of the answer is explained.
struct ExplainTarget {
  enum class Kind { predicted, one_class, all };
  Kind kind = Kind::predicted;
  int label = -1;  ///< position of the class, for one_class
};

/// "predicted", "all" (the sum of all logits) or the name of a class, in any spelling of `canonical_expression`. Throws
/// Error{usage} that lists the classes.
ExplainTarget parse_target(const std::string& text, const std::vector<std::string>& class_names);

/// [N] int64 position of the explained logit in each row of `logits` [N,K]; -1 = the sum of the row.
torch::Tensor explained_labels(const torch::Tensor& logits, const ExplainTarget& target);

/// [N] the explained number of each row.
torch::Tensor explained_values(const torch::Tensor& logits, const torch::Tensor& labels);

}  // namespace mien
