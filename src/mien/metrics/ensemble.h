// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/metrics/classification.h"

namespace mien {

/// How several models vote (report 004).
enum class VotingRule {
  mean,            ///< score_c = sum_m w_mc p_m(c) / sum_m w_mc
  geometric_mean,  ///< softmax of the weighted mean log probability
  hard,            ///< (weighted) number of models whose largest probability is c
};

/// Weights of M models: empty = uniform, [M] = one a model (say, its training accuracy), [M*K] row-major = one a model and
/// class (its training recall). A class for which every model has weight 0 takes uniform weights.
using VotingWeights = std::vector<double>;

struct VotingResult {
  int classes = 0;
  std::vector<double> scores;  ///< [N,K]; per-class weights do not make rows of sum 1
  std::vector<int> winners;    ///< [N] argmax of the scores, the first among equals
};

/// Combines `models`, each [N,K] row-major probabilities. The geometric mean takes [M] weights or none. Throws
/// Error{bad_data} for unequal sizes, negative weights or weights whose sum is 0, Error{usage} for a wrong number of them.
VotingResult vote(const std::vector<std::vector<double>>& models, int classes, VotingRule rule,
                  const VotingWeights& weights = {});

/// Rows divided by their sum.
std::vector<double> renormalised(const VotingResult& result);

/// Training accuracies [M] or, `per_class`, recalls [M*K] of the models, to vote with. On training sets that the models
/// know by heart all are 1 and the vote is uniform.
VotingWeights accuracy_weights(const std::vector<ClassificationMetrics>& on_training_set, bool per_class);

/// The vote as predictions of one model: logits are the logarithms of the renormalised scores. All must have the same
/// images in the same order; throws Error{mismatch} otherwise.
Predictions ensemble_predictions(const std::vector<Predictions>& models, VotingRule rule, const VotingWeights& weights = {});

}  // namespace mien
