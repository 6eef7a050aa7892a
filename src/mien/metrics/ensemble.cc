// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"

namespace mien {
namespace {

using Models = std::vector<std::vector<double>>;

void check(const Models& models, int classes, const VotingWeights& weights) {
  if (models.empty() || classes < 1 || models.front().empty())
    throw Error(ErrorCode::bad_data, "a vote needs at least one model, class and image");
  for (const auto& model : models)
    if (model.size() != models.front().size() || model.size() % classes != 0)
      throw Error(ErrorCode::bad_data, fmt::format("models vote with {} and {} probabilities of {} classes",
                                                   models.front().size(), model.size(), classes));
  for (const double weight : weights)
    if (!(weight >= 0) || !std::isfinite(weight))
      throw Error(ErrorCode::bad_data, fmt::format("voting weight {} is not a number >= 0", weight));
}

/// [M*K] with columns of sum 1.
std::vector<double> full_weights(std::size_t models, int classes, const VotingWeights& weights) {
  std::vector<double> full(models * classes, 1.0);
  if (weights.size() == models) {
    if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; }))
      throw Error(ErrorCode::bad_data, "all voting weights are 0");
    for (std::size_t i = 0; i < full.size(); ++i) full[i] = weights[i / classes];
  } else if (weights.size() == full.size()) {
    full = weights;
  } else if (!weights.empty()) {
    throw Error(ErrorCode::usage, fmt::format("{} models and {} classes take {} or {} voting weights, found {}", models, classes,
                                              models, models * classes, weights.size()));
  }
  for (int c = 0; c < classes; ++c) {
    double sum = 0;
    for (std::size_t m = 0; m < models; ++m) sum += full[m * classes + c];
    for (std::size_t m = 0; m < models; ++m) {
      double& weight = full[m * classes + c];
      weight = sum > 0 ? weight / sum : 1.0 / static_cast<double>(models);
    }
  }
  return full;
}

void add_mean(const Models& models, int classes, const std::vector<double>& weights, std::vector<double>& scores) {
  for (std::size_t m = 0; m < models.size(); ++m)
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weights[m * classes + i % classes] * models[m][i];
}

void add_geometric(const Models& models, int classes, const std::vector<double>& weights, std::vector<double>& scores) {
  for (std::size_t m = 0; m < models.size(); ++m)
    for (std::size_t i = 0; i < scores.size(); ++i)
      scores[i] += weights[m * classes] * std::log(std::max(models[m][i], std::numeric_limits<double>::min()));
  for (std::size_t row = 0; row < scores.size(); row += classes) {
    const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(row), end = begin + classes;
    const double largest = *std::max_element(begin, end);
    double sum = 0;
    for (auto value = begin; value != end; ++value) sum += * value = std::exp(*value - largest);
    for (auto value = begin; value != end; ++value) *value /= sum;
  }
}

int argmax(const double* row, int classes) { return static_cast<int>(std::max_element(row, row + classes) - row); }

void add_hard(const Models& models, int classes, const VotingWeights& weights, std::vector<double>& scores) {
  for (std::size_t m = 0; m < models.size(); ++m)
    for (std::size_t row = 0; row < scores.size(); row += classes) {
      const int choice = argmax(models[m].data() + row, classes);
      double weight = 1;
      if (weights.size() == models.size())
        weight = weights[m];
      else if (!weights.empty())
        weight = weights[m * classes + choice];
      scores[row + choice] += weight;
    }
}

}  // namespace

VotingResult vote(const Models& models, int classes, VotingRule rule, const VotingWeights& weights) {
  check(models, classes, weights);
  const std::vector<double> full = full_weights(models.size(), classes, weights);
  VotingResult result{classes, std::vector<double>(models.front().size()), {}};
  switch (rule) {
    case VotingRule::mean: add_mean(models, classes, full, result.scores); break;
    case VotingRule::geometric_mean:
      if (weights.size() > models.size())
        throw Error(ErrorCode::usage, "the geometric mean takes one weight a model, not one a class");
      add_geometric(models, classes, full, result.scores);
      break;
    case VotingRule::hard: add_hard(models, classes, weights, result.scores); break;
  }
  for (std::size_t row = 0; row < result.scores.size(); row += classes)
    result.winners.push_back(argmax(result.scores.data() + row, classes));
  return result;
}

std::vector<double> renormalised(const VotingResult& result) {
  std::vector<double> shares = result.scores;
  for (std::size_t row = 0; row < shares.size(); row += result.classes) {
    double sum = 0;
    for (int c = 0; c < result.classes; ++c) sum += shares[row + c];
    for (int c = 0; c < result.classes; ++c) shares[row + c] = sum > 0 ? shares[row + c] / sum : 1.0 / result.classes;
  }
  return shares;
}

VotingWeights accuracy_weights(const std::vector<ClassificationMetrics>& on_training_set, bool per_class) {
  VotingWeights weights;
  for (const auto& metrics : on_training_set) {
    if (per_class)
      weights.insert(weights.end(), metrics.recall.begin(), metrics.recall.end());
    else
      weights.push_back(metrics.accuracy);
  }
  return weights;
}

Predictions ensemble_predictions(const std::vector<Predictions>& models, VotingRule rule, const VotingWeights& weights) {
  if (models.empty()) throw Error(ErrorCode::bad_data, "a vote needs at least one model, class and image");
  const Predictions& first = models.front();
  Models all;
  for (const auto& model : models) {
    if (model.classes != first.classes || model.labels != first.labels || model.ids != first.ids)
      throw Error(ErrorCode::mismatch, "the models of a vote must have predicted the same images in the same order",
                  "Evaluate all of them on the same split.");
    all.push_back(probabilities(model));
  }
  Predictions result = first;
  result.temperature = 1;
  const std::vector<double> shares = renormalised(vote(all, first.classes, rule, weights));
  // A share of 0 keeps a finite logit.
  for (std::size_t i = 0; i < shares.size(); ++i) result.logits[i] = static_cast<float>(std::log(std::max(shares[i], 1e-30)));
  return result;
}

}  // namespace mien
