// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/target.h"

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/data/label_space.h"

namespace mien {

ExplainTarget parse_target(const std::string& text, const std::vector<std::string>& class_names) {
  if (text == "predicted") return {};
  if (text == "all") return {ExplainTarget::Kind::all, -1};
  for (std::size_t c = 0; c < class_names.size(); ++c)
    if (class_names[c] == text || class_names[c] == canonical_expression(text))
      return {ExplainTarget::Kind::one_class, static_cast<int>(c)};
  const std::string nearest = nearest_name(text, class_names);
  throw Error(ErrorCode::usage, "--target " + text + ": the weights know no such class",
              (nearest.empty() ? "" : "Did you mean '" + nearest + "'? ") + "Classes: " + join(class_names, ", ") +
                  "; or 'predicted', or 'all' for the sum of all logits.");
}

torch::Tensor explained_labels(const torch::Tensor& logits, const ExplainTarget& target) {
  if (target.kind == ExplainTarget::Kind::predicted) return logits.argmax(1);
  return torch::full({logits.size(0)}, target.label, logits.options().dtype(torch::kInt64));
}

torch::Tensor explained_values(const torch::Tensor& logits, const torch::Tensor& labels) {
  const auto chosen = logits.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1);
  return torch::where(labels < 0, logits.sum(1), chosen);
}

}  // namespace mien
